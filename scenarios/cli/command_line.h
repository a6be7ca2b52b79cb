#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace throng {

/// What the command line knows about itself, for what is written from it: completions and the manual page.
struct OptionText {
  std::vector<std::string> names;    ///< "--out" or "-o"; of a positional its one name, such as "SCENARIO"
  bool takes_value = false;          ///< always for a positional
  std::vector<std::string> choices;  ///< the only values there are, if they are few
  std::string description;
};

struct CommandText {
  std::string path;  ///< the words that lead here, such as "throng data import"
  std::string name;  ///< the last of them
  std::string description;
  std::vector<OptionText> options;
  std::vector<OptionText> positionals;
  std::vector<std::size_t> commands;  ///< below this one: places in the list of `command_texts`
};

/// The program first, and every command before those below it.
std::vector<CommandText> command_texts(const CLI::App& program);

/// For unsigned options: CLI11 would take "-1" as the greatest number.
inline const CLI::Validator not_negative(
    [](std::string& text) { return text.starts_with('-') ? "must not be negative" : std::string(); }, "");

// Each adds one command of `throng` to the command line; the command runs when parsing has chosen it. Results
// go to stdout, progress to stderr. Failures leave as exceptions.
void add_run_command(CLI::App& app);
void add_check_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_compare_command(CLI::App& app);
void add_story_command(CLI::App& app);
void add_interview_command(CLI::App& app);
void add_data_command(CLI::App& app);
void add_rec_command(CLI::App& app);
void add_mind_command(CLI::App& app);
void add_persona_command(CLI::App& app);
void add_transcripts_command(CLI::App& app);
void add_export_command(CLI::App& app);
void add_merge_command(CLI::App& app);
void add_validate_command(CLI::App& app);
void add_calibrate_command(CLI::App& app);
void add_causal_command(CLI::App& app);
void add_llm_command(CLI::App& app);
/// `help`, `completion` and `man`: what is written from the command line itself.
void add_help_commands(CLI::App& app);

/// The whole of `throng`: parses the command line, runs the command and returns the exit code. Error messages
/// go to stderr. Under mpirun this process is one of the ranks of what it runs (run_as_rank).
int run_command_line(int argc, const char* const* argv);

/// The text that a shell reads to complete the commands, options and choices of `texts`. Where any value may stand,
/// the shell completes file names; where a scenario may stand, the names of the shipped ones as well.
std::string bash_completion(const std::vector<CommandText>& texts);
std::string zsh_completion(const std::vector<CommandText>& texts);
std::string fish_completion(const std::vector<CommandText>& texts);

/// The manual page throng(1), in the macros of man(7): every command with its options, and `notes`, which stand below the
/// program's own help.
std::string man_page(const std::vector<CommandText>& texts, const std::string& version,
                     const std::string& notes);

// Each adds one command of `throng llm`.
void add_llm_mock_command(CLI::App& llm);
void add_llm_bench_command(CLI::App& llm);
void add_llm_ping_command(CLI::App& llm);

}  // namespace throng
