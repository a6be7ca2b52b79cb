#include "scenarios/cli/command_line.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/options_reader.h"
#include "engine/base/text.h"
#include "engine/mpi/ranks_of_process.h"
#include "engine/ranks/failed_elsewhere.h"

namespace throng {
namespace {

/// CLI11 keeps the choices of CLI::IsMember only as a part of the type's name: "TEXT:{full,summary}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

OptionText text_of(const CLI::Option& option) {
  OptionText text{.takes_value = option.get_positional() || option.get_items_expected_max() > 0,
                  .choices = choices_of(option),
                  .description = option.get_description()};
  if (option.get_positional()) text.names.push_back(option.get_name(true));
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  return text;
}

std::size_t add(const CLI::App& app, const std::string& above, std::vector<CommandText>& texts) {
  const std::size_t place = texts.size();
  const std::string path = above.empty() ? app.get_name() : fmt::format("{} {}", above, app.get_name());
  texts.push_back({.path = path, .name = app.get_name(), .description = app.get_description()});
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? texts[place].positionals : texts[place].options).push_back(text_of(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::size_t below = add(*command, path, texts);
    texts[place].commands.push_back(below);
  }
  return place;
}

Ending complaint(const std::string& problem, ErrorKind kind) {
  return {.exit_code = static_cast<int>(kind),
          .complaint = fmt::format("throng: {}\n", printable_lines(problem))};
}

/// What is said to a word or an option that stands where a command was expected; "" if that is not what was wrong.
std::string wrong_command(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (!chosen.empty()) return wrong_command(*chosen.front());
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App* /*command*/) { return true; }))
    known.push_back(command->get_name());
  const std::vector<std::string> left = app.remaining();
  const auto word =
      std::ranges::find_if(left, [](const std::string& text) { return !text.starts_with('-'); });
  if (known.empty() || left.empty()) return "";
  if (word == left.end())
    return fmt::format("there is no option {}; --help shows what there is", left.front());
  const std::string of = app.get_parent() == nullptr ? "" : app.get_name() + " ";
  const std::optional<std::string> meant = closest_word(*word, known);
  return fmt::format("there is no command \"{}{}\"; {}", of, *word,
                     meant ? fmt::format("did you mean \"{}{}\"?", of, *meant)
                           : fmt::format("there are: {}", fmt::join(known, ", ")));
}

constexpr auto kNotes =
    R"(--set PATH=VALUE changes a key of the scenario for one run. PATH names it with dots, elements of lists by their number from
0; VALUE is JSON, and what is no JSON is a text:
  --set recommender.factors=32   --set dataset.path=data/ml-100k   --set 'recommender={"kind":"ease"}'
  --set mind.endpoints.0.rpm=500

SCENARIO is a file, or the name of a scenario that is built in: adverts, augmentation, causal, demo, filter_bubble, llm-demo, million,
position, recommenders, sensitivity.

Exit codes:
  0  done
  1  unexpected
  2  the command line, the scenario, or a missing key
  3  the data: a dataset, a recording or a run folder
  4  stopped, resumable: interrupted, out of budget, endpoint or disk in trouble; --resume goes on
  5  finished, but failed a quality bar that the scenario sets, or a metric of its own has no value)";

Ending parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"Throng puts a population of users in front of a recommender system and shows what happens.",
               "throng"};
  app.set_version_flag("--version", "throng " THRONG_VERSION);
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Show the help of every command");
  add_run_command(app);
  add_check_command(app);
  add_report_command(app);
  add_compare_command(app);
  add_story_command(app);
  add_interview_command(app);
  add_data_command(app);
  add_rec_command(app);
  add_mind_command(app);
  add_persona_command(app);
  add_transcripts_command(app);
  add_export_command(app);
  add_merge_command(app);
  add_validate_command(app);
  add_calibrate_command(app);
  add_causal_command(app);
  add_llm_command(app);
  add_help_commands(app);
  app.footer(kNotes);  // after the commands, which would inherit it
  try {
    app.parse(argc, argv);
    if (std::fflush(stdout) != 0)
      throw Failure(ErrorKind::unexpected, "the results cannot be written to stdout");
    return {};
  } catch (const CLI::ParseError& error) {
    if (const std::string problem = wrong_command(app); !problem.empty() && error.get_exit_code() != 0)
      return complaint(problem, ErrorKind::usage);
    std::ostringstream errors;
    const int code = app.exit(error, std::cout, errors);
    return {.exit_code = code == 0 ? 0 : static_cast<int>(ErrorKind::usage), .complaint = errors.str()};
  } catch (const FailedElsewhere& failure) {
    return {.exit_code = failure.exit_code()};
  } catch (const Failure& failure) {
    return complaint(failure.what(), failure.kind());
  } catch (const SQLite::Exception& error) {
    return complaint(fmt::format("a run cannot be read: {}", error.what()), ErrorKind::data);
  } catch (const Json::exception& error) {
    return complaint(fmt::format("a file of a run is damaged: {}", error.what()), ErrorKind::data);
  } catch (const std::filesystem::filesystem_error& error) {
    return complaint(fmt::format("{}: {}", error.path1().string(), error.code().message()), ErrorKind::data);
  } catch (const std::exception& error) {
    return complaint(fmt::format("unexpected: {}", error.what()), ErrorKind::unexpected);
  }
}

}  // namespace

std::vector<CommandText> command_texts(const CLI::App& program) {
  std::vector<CommandText> texts;
  add(program, "", texts);
  return texts;
}

int run_command_line(int argc, const char* const* argv) {
  return run_as_rank([&] { return parse_and_run(argc, argv); });
}

}  // namespace throng
