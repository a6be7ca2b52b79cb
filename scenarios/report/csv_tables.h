#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace throng {

/// Writes the results of runs into `folder` (made if absent) as tidy tables for pandas and R, one row per
/// observation: metrics, ratings, exit_pages, views_per_page, trait_groups, items, outcomes and curves (.csv;
/// README.md of scenarios/store says what their columns are). Every table starts with the column `run`, the
/// run folder as given, so that several runs lie in one table. Throws Failure(data) if a folder holds no run,
/// Failure(unexpected) naming the file that cannot be written.
void write_csv_tables(std::span<const std::string> run_folders, const std::filesystem::path& folder);

/// Untrusted text for a cell that a spreadsheet may open: one that the spreadsheet would take for a formula
/// (it begins with = + - @, a tab or a carriage return) gets an apostrophe in front.
std::string cell_text(std::string text);

}  // namespace throng
