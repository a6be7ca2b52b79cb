#include "scenarios/cli/command_line.h"

#include <cstdio>
#include <filesystem>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/printable.h"
#include "scenarios/cli/commands.h"

namespace throng {

int run_command_line(int argc, const char* const* argv) {
  CLI::App app{"Throng puts a population of users in front of a recommender system and shows what happens."};
  app.set_version_flag("--version", "throng " THRONG_VERSION);
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Show the help of every command");
  add_run_command(app);
  add_check_command(app);
  add_report_command(app);
  add_compare_command(app);
  add_story_command(app);
  add_data_command(app);
  add_rec_command(app);
  add_transcripts_command(app);
  add_llm_command(app);
  try {
    app.parse(argc, argv);
    if (std::fflush(stdout) != 0)
      throw Failure(ErrorKind::unexpected, "the results cannot be written to stdout");
    return 0;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ErrorKind::usage);
  } catch (const Failure& failure) {
    fmt::print(stderr, "throng: {}\n", printable_lines(failure.what()));
    return failure.exit_code();
  } catch (const SQLite::Exception& error) {
    fmt::print(stderr, "throng: a run cannot be read: {}\n", printable(error.what()));
    return static_cast<int>(ErrorKind::data);
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "throng: {}\n", printable(error.what()));
    return static_cast<int>(ErrorKind::data);
  } catch (const std::exception& error) {
    fmt::print(stderr, "throng: unexpected: {}\n", printable(error.what()));
    return static_cast<int>(ErrorKind::unexpected);
  }
}

}  // namespace throng
