#include <algorithm>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "llm/budget_log.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/store/journal.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// The folders of the runs that have begun: of a study, or the folder itself.
std::vector<fs::path> begun_runs(const fs::path& folder) {
  if (!is_study_folder(folder)) return {folder};
  std::vector<fs::path> begun;
  for (const StudyRun& run : study_runs(folder)) {
    if (fs::exists(run.folder / "run.db")) begun.push_back(run.folder);
  }
  return begun;
}

bool has_journal(const fs::path& folder) {
  return std::ranges::any_of(begun_runs(folder),
                             [](const fs::path& run) { return fs::exists(run / "journal.db"); });
}

/// Completes "it has not finished: ...".
std::string reason_of(const fs::path& run_folder) {
  const RunReader run(run_folder);
  const std::string reason = run.meta("stopped_by");
  if (run.meta("status") == "stopped") return reason.empty() ? "it was stopped" : reason;
  return is_locked(run_folder) ? "it is being run at this moment"
                               : "its process ended without a word (killed?)";
}

std::string why(const fs::path& folder) {
  if (!is_study_folder(folder)) return fmt::format("This run has not finished: {}.", reason_of(folder));
  std::size_t finished = 0;
  std::string reasons;
  const std::vector<StudyRun> runs = study_runs(folder);
  for (const StudyRun& run : runs) {
    const std::string status = run_status(run.folder);
    if (status == "finished") ++finished;
    if (!status.empty() && status != "finished")
      reasons += fmt::format("; {}: {}", run.name(), reason_of(run.folder));
  }
  return fmt::format("This study has not finished: {} of {} runs have{}.", finished, runs.size(), reasons);
}

/// What completed calls took; "" if no language model was asked.
std::string completed_calls(const fs::path& folder) {
  JournalTotals all;
  for (const fs::path& run : begun_runs(folder)) {
    if (!fs::exists(run / "journal.db")) continue;
    for (const JournalTotals& totals : Journal(run / "journal.db", Journal::Mode::read_only).totals()) {
      if (totals.kind == RequestKind::completion) all.calls += totals.calls;
      all.prompt_tokens += totals.prompt_tokens;
      all.completion_tokens += totals.completion_tokens;
      all.usd += totals.usd;
    }
  }
  if (all.calls == 0) return "";
  const auto number = [](std::int64_t count) { return grouped(static_cast<std::size_t>(count)); };
  return fmt::format(
      "So far it has paid for {} completed calls: {} prompt and {} completion tokens, {:.4f} USD. They lie "
      "in its "
      "journal and are not paid again.",
      number(all.calls), number(all.prompt_tokens), number(all.completion_tokens), all.usd);
}

/// How much of the budget is left is what decides whether a resumption gets anywhere; "" without one.
std::string booked(const fs::path& folder) {
  if (!fs::exists(folder / "budget.log")) return "";
  const Json budget = read_json(folder / "scenario.json", ErrorKind::data).value("budget", Json::object());
  if (budget.empty()) return "";
  const llm::BudgetHistory history =
      llm::read_budget_log(read_file(folder / "budget.log", ErrorKind::data)).value();
  const llm::Spending all = llm::Budget({.risk = budget.value("risk", 0.0)}, history.books).spent();
  std::string text = "Booked against its budget, calls that failed or were broken off included:";
  if (budget.contains("usd"))
    text += fmt::format(" {:.4f} of {} USD", all.money.dollars(), budget["usd"].dump());
  if (budget.contains("tokens"))
    text += fmt::format("{} {} of {} tokens", budget.contains("usd") ? "," : "", all.tokens,
                        budget["tokens"].dump());
  return text + "; if it is used up, the command needs --set budget." +
         (budget.contains("usd") ? "usd" : "tokens") + "=MORE.";
}

/// A folder as a user would name it.
fs::path plain(const fs::path& folder) { return folder.has_filename() ? folder : folder.parent_path(); }

}  // namespace

std::string quoted_for_shell(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:@%";
  if (!text.empty() && text[0] != '-' && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

bool has_finished(const fs::path& folder) {
  if (!is_study_folder(folder)) return run_status(folder) == "finished";
  return std::ranges::all_of(study_runs(folder),
                             [](const StudyRun& run) { return run_status(run.folder) == "finished"; });
}

std::vector<std::string> unfinished_notes(const fs::path& folder) {
  if (has_finished(folder)) return {};
  std::vector<std::string> notes{why(folder)};
  for (std::string note : {completed_calls(folder), booked(folder)}) {
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

std::string report_command(const fs::path& study) {
  return fmt::format("throng report {} --runs", quoted_for_shell(plain(study).string()));
}

std::string story_command(const fs::path& run_folder) {
  return fmt::format("throng story {} --agent", quoted_for_shell(plain(run_folder).string()));
}

NextCommand next_command(const fs::path& folder) {
  const std::string name = plain(folder).string();
  const std::string run = "throng run " + quoted_for_shell((plain(folder) / "scenario.json").string());
  const std::string here = quoted_for_shell(name);
  const std::string again = quoted_for_shell(name + "-again");
  if (!has_finished(folder)) return {run + " --out " + here + " --resume", "This command completes it:"};
  if (!has_journal(folder))
    return {run + " --out " + again, "This command makes it again, with the same result:"};
  return {run + " --out " + again + " --replay " + here,
          "This command makes it again from the replies in its journal, with the same result: nobody is "
          "asked and "
          "nothing is paid."};
}

}  // namespace throng
