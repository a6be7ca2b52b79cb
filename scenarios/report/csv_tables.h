#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace throng {

/// Writes the results of runs into `folder` (made if absent) as tidy tables for pandas and R, one row per
/// observation: metrics, ratings, exit_pages, views_per_page, trait_groups, items, outcomes and curves (.csv;
/// README.md of scenarios/store says what their columns are). Every table starts with the columns `run`, `arm` and
/// `replicate`: the run folder as given, so that several runs lie in one table. A study is written run by run, those
/// that have begun; arm and replicate of a run of its own are empty. All tables appear together or none does. Throws
/// Failure(data) if a folder holds no run, and as write_file does.
void write_csv_tables(std::span<const std::string> run_folders, const std::filesystem::path& folder);

/// Untrusted text for a cell that a spreadsheet may open: one that the spreadsheet would take for a formula gets an
/// apostrophe in front. It begins with = + - @ or one of their full-width forms, or with a tab or a carriage return,
/// perhaps after blanks or characters that are not seen, which spreadsheets take off.
std::string cell_text(std::string text);

}  // namespace throng
