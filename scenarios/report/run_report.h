#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "agents/metrics.h"
#include "agents/session_record.h"
#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// What the calls of a run took and what went wrong, for the terminal: from the `llm` of a run's summary.
std::string call_table(const Json& llm);

/// The same as a section of the HTML report (report_data.h).
Json call_section(const Json& llm);

/// Where the rankings of a remote recommender came from, from the `rankings` of a run's summary: a phrase.
std::string ranking_sources(const Json& rankings);
/// The same as a line for the terminal.
std::string ranking_line(const Json& rankings);

/// What was made of the items that stood at the first 20 places, with 95 % intervals.
std::string position_table(std::span<const PositionFigures> positions, Places places = Places::on_page);
/// How far two populations are apart, for the terminal; `gaps`: see gaps_json, with the names of the two.
std::string gaps_table(const std::string& heading, const char* recorded, const char* simulated,
                       const Json& gaps);
/// How far agents fitted to language models are from these; `tiers`: as in summary.json.
std::string tiers_table(const Json& tiers);
/// The headline metrics with their 95 % intervals and what they rest on.
std::string metrics_table(std::span<const Metric> metrics);

/// What agents answered to the scenario's questions; "" if it has none.
std::string interview_table(const RunReader& run);

/// What `throng report` prints of a run: metrics, ratings, exit pages and trait groups, all computed from the
/// rows of run.db.
std::string run_tables(const RunReader& run);

/// A row of one session that is another one, or absent, in a second session; in words, made printable.
struct RowDifference {
  std::string row;  ///< such as "page 2, item 3"
  std::string a;    ///< empty: absent
  std::string b;    ///< empty: absent
  bool operator==(const RowDifference&) const = default;
};

/// What an item is called; may be any text.
using ItemTitle = std::function<std::string(ItemId)>;

/// The rows in which two sessions differ, bit for bit, in the order of events: beginning and end, then page by
/// page the page, its items, the decision and the reflection, and the interview. Numbers have two decimals, or
/// all of them where these show no difference.
std::vector<RowDifference> differing_rows(const SessionRecord& a, const ItemTitle& title_in_a,
                                          const SessionRecord& b, const ItemTitle& title_in_b);

/// Writes the results of runs into `folder` (made if absent) as tidy tables for pandas and R, one row per
/// observation: metrics, agent_metrics, ratings, exit_pages, views_per_page, positions, trait_groups, items, outcomes, searches, answers, curves and (of
/// studies) differences (.csv;
/// README.md of scenarios/store says what their columns are). Every table starts with the columns `run`, `arm` and
/// `replicate`: the run folder as given, so that several runs lie in one table. A study is written run by run, those
/// that have begun; arm and replicate of a run of its own are empty. All tables appear together or none does. Throws
/// Failure(data) if a folder holds no run, and as write_file does.
void write_csv_tables(std::span<const std::string> run_folders, const std::filesystem::path& folder);

/// Untrusted text for a cell that a spreadsheet may open: one that the spreadsheet would take for a formula gets an
/// apostrophe in front. It begins with = + - @ or one of their full-width forms, or with a tab or a carriage return,
/// perhaps after blanks or characters that are not seen, which spreadsheets take off.
std::string cell_text(const std::string& text);

/// Whether the run or study in the folder is complete.
bool has_finished(const std::filesystem::path& folder);

/// What has to be known of a run or study that is not complete: why, and what it has spent so far. Sentences; none if
/// it is complete.
std::vector<std::string> unfinished_notes(const std::filesystem::path& folder);

/// A command, safe to paste into a shell, and a sentence that says what it does.
struct NextCommand {
  std::string text;
  std::string says;
};

/// What completes the run or study in the folder or, if it is complete, makes it again without asking anybody what
/// its journal knows.
NextCommand next_command(const std::filesystem::path& folder);

/// A word of a command that a person may paste into a shell.
std::string quoted_for_shell(const std::string& text);

/// The command that draws the page of a study and those of its runs.
std::string report_command(const std::filesystem::path& study);

/// The command that tells an agent's story, but for its last word, the agent.
std::string story_command(const std::filesystem::path& run_folder);

/// One agent's story, page by page: profile, what was shown, aligned, viewed, rated and felt, the memory, the
/// decision and the interview. Throws Failure(usage) if the run has no such agent.
std::string story(const RunReader& run, AgentId agent);

/// Every call that the agent made of a language model, in order: what was asked, word by word, and the reply. A message that
/// is the same as in the call before is not told again. Throws Failure(usage) if the run has no journal.
std::string conversation(const std::filesystem::path& run_folder, AgentId agent);

}  // namespace throng
