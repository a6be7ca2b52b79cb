#include <memory>
#include <optional>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/interviews/interview.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

struct InterviewArguments {
  InterviewOptions options;
  std::string run;
  std::uint32_t agent = 0;
  std::string text;
  std::string kind = "words";
  std::optional<int> least;
  std::optional<int> most;
  std::vector<std::string> choices;
  std::string replay;
  bool prompt = false;
  bool json = false;
};

/// A question as a scenario would have it.
InterviewQuestion question_of(const InterviewArguments& arguments) {
  if (trimmed(arguments.text).empty()) throw Failure(ErrorKind::usage, "the question is empty");
  Json json = {{"name", "asked"}, {"text", arguments.text}, {"kind", arguments.kind}};
  if (arguments.least) json["least"] = *arguments.least;
  if (arguments.most) json["most"] = *arguments.most;
  if (!arguments.choices.empty()) json["options"] = arguments.choices;
  return checked_question(json, "the question (--kind, --least, --most, --option)");
}

Json answer_json(const InterviewArguments& arguments, const Interviewed& interviewed) {
  const Answer& answer = interviewed.answer;
  Json json = {{"agent", arguments.agent},
               {"session", interviewed.after_round + 1},
               {"question", arguments.text},
               {"kind", arguments.kind}};
  if (answer.score) json["score"] = *answer.score;
  if (!answer.choice.empty()) json["choice"] = answer.choice;
  json["words"] = answer.words;
  if (arguments.prompt) json["prompt"] = interviewed.prompt;
  json["llm"] = interviewed.llm;
  return json;
}

/// Its messages: the settings and the schema stand before them.
std::string prompt_text(const Interviewed& interviewed) {
  std::string text;
  for (std::size_t i = 2; i < interviewed.prompt.size(); ++i)
    text += fmt::format("--- {}\n", printable_lines(interviewed.prompt[i]));
  return text + "\n";
}

void print(const InterviewArguments& arguments, const Interviewed& interviewed) {
  const Answer& answer = interviewed.answer;
  if (arguments.prompt) fmt::print("{}", prompt_text(interviewed));
  fmt::print("Agent {}, after its session {}:\n", arguments.agent, interviewed.after_round + 1);
  const std::string value = answer.score ? std::to_string(*answer.score) : answer.choice;
  if (!value.empty()) fmt::print("  {}\n", printable(value));
  fmt::print("  {}\n\n", printable(answer.words));
  const Json& calls = interviewed.llm;
  fmt::print(
      "  calls    {} made now, {} from the journal, {} replayed; all interviews of the run: {} calls, {} "
      "tokens, {:.4f} USD\n",
      calls["live"].get<std::int64_t>(), calls["from_journal"].get<std::int64_t>(),
      calls["replayed"].get<std::int64_t>(), calls["calls"].get<std::int64_t>(),
      calls["prompt_tokens"].get<std::int64_t>() + calls["completion_tokens"].get<std::int64_t>(),
      calls["usd"].get<double>());
}

void interview(InterviewArguments arguments) {
  arguments.options.run = arguments.run;
  arguments.options.agent = AgentId(arguments.agent);
  arguments.options.question = question_of(arguments);
  if (!arguments.replay.empty()) arguments.options.replay = arguments.replay;
  const Interviewed interviewed = interview_agent(arguments.options);
  if (arguments.json) {
    fmt::print("{}\n", answer_json(arguments, interviewed).dump());
  } else {
    print(arguments, interviewed);
  }
}

}  // namespace

void add_interview_command(CLI::App& app) {
  auto* command =
      app.add_subcommand("interview", "Ask an agent of a finished run, with its memory as it was at the end");
  const auto arguments = std::make_shared<InterviewArguments>();
  command->add_option("RUN", arguments->run, "The run folder; the answers are kept in RUN/interviews")
      ->required();
  command->add_option("QUESTION", arguments->text, "Such as \"Why did you leave?\"")->required();
  command->add_option("--agent", arguments->agent, "The agent's number, from 0")
      ->required()
      ->check(not_negative);
  command->add_option("--kind", arguments->kind, "What is asked for")
      ->check(CLI::IsMember({"words", "score", "choice"}))
      ->capture_default_str();
  command->add_option("--least", arguments->least, "Of a score (default: 1)");
  command->add_option("--most", arguments->most, "Of a score (default: 10)");
  command->add_option("--option", arguments->choices, "Of a choice: an answer; several times")
      ->allow_extra_args(false)
      ->take_all();
  command
      ->add_option("--set", arguments->options.overrides,
                   "Override a key of the run's scenario that decides no result, such as "
                   "mind.endpoints.0.url=URL or budget.usd=1: path=value")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option(
      "--replay", arguments->replay,
      "Take the reply from the interviews of this run and ask nobody: one that they lack stops "
      "the command");
  command->add_flag("--prompt", arguments->prompt, "Show what the language model was asked as well");
  command->add_flag("--json", arguments->json, "Print the answer as one JSON object");
  command->callback([arguments] { interview(*arguments); });
}

}  // namespace throng
