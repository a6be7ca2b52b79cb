#pragma once

#include <CLI/CLI.hpp>

namespace throng {

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
void add_data_command(CLI::App& app);
void add_rec_command(CLI::App& app);
void add_transcripts_command(CLI::App& app);
void add_llm_command(CLI::App& app);
/// `help`, `completion` and `man`: what is written from the command line itself.
void add_help_commands(CLI::App& app);

}  // namespace throng
