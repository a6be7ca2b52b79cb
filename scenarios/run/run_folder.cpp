#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "scenarios/run/resume.h"
#include "scenarios/run/run.h"
#include "scenarios/scenario/scenario.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_shards.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// A run's scenario.json names the digest of its dataset; one that a person wrote seldom does.
bool is_run_folder(const fs::path& folder) {
  if (!fs::exists(folder / "scenario.json")) return false;
  const Json scenario = read_json(folder / "scenario.json", ErrorKind::data);
  return scenario.contains(Json::json_pointer("/dataset/digest"));
}

/// What a killed process leaves of a file that it was writing (AtomicFile, MergedCopy).
bool is_partial(const std::string& name) {
  static const std::array files{"scenario.json.partial", "summary.json.partial", "report.html.partial",
                                "run.db.partial"};
  return std::ranges::any_of(files, [&](const char* file) { return name.starts_with(file); });
}

/// What a process leaves that is killed before it has begun.
bool is_no_content(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return name == "lock" || name.starts_with("run.log") || is_partial(name);
}

/// Nothing is in the way in an absent folder, or in one without content.
bool is_free(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  if (!fs::is_directory(folder)) return false;
  return std::all_of(fs::directory_iterator(folder), fs::directory_iterator(), is_no_content);
}

/// A folder that is not ours gets no lock either.
fs::path not_foreign(fs::path folder) try {
  if (is_free(folder) || is_run_folder(folder)) return folder;
  throw Failure(ErrorKind::usage,
                fmt::format("{} exists and is not a run folder: it is left alone", folder.string()));
} catch (const fs::filesystem_error& error) {
  throw Failure(ErrorKind::usage,
                fmt::format("{} cannot be used: {}", folder.string(), error.code().message()));
}

/// Whether one of the two is the other or lies within it.
bool overlap(const fs::path& one, const fs::path& other) {
  const fs::path a = fs::weakly_canonical(one);
  const fs::path b = fs::weakly_canonical(other);
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return in_a == a.end() || in_b == b.end();
}

/// The folders of an earlier study's runs. A person's own folder may have such a name, too.
std::vector<fs::path> arms_in(const fs::path& folder) {
  if (!is_study_folder(folder)) return {};
  std::vector<fs::path> arms;
  for (const StudyRun& run : study_runs(folder)) {
    if (fs::is_directory(run.folder) && (is_free(run.folder) || is_run_folder(run.folder)))
      arms.push_back(run.folder);
  }
  return arms;
}

bool has_metrics_in(const fs::path& run, const Scenario& scenario) {
  return have_same_metrics(read_json(run / "scenario.json", ErrorKind::data), resolved(scenario));
}

}  // namespace

void check_rows(const Scenario& scenario, const fs::path& run) {
  if (!fs::exists(run / "summary.json") || !fs::exists(run / "run.db") || has_metrics_in(run, scenario))
    return;
  check_store(scenario, RunReader(run).meta("store") == "summary" ? Store::summary : Store::full);
  check_knows_metrics(run / "run.db");
}

RunFolder::RunFolder(fs::path path, ExistingFolder existing, const Scenario& scenario,
                     const std::optional<EarlierRun>& earlier)
    : path_(not_foreign(std::move(path))), existing_(existing), lock_(path_), free_(is_free(path_)) {
  if (!free_) {
    not_foreign(path_);  // once more: it may have come between the first look and the lock
    check(resolved(scenario), earlier);
  }
  if (earlier && !is_run_folder(earlier->folder)) {
    throw Failure(ErrorKind::data, fmt::format("{} is not a run folder: there is nothing to replay",
                                               earlier->folder.string()));
  }
}

void RunFolder::check(const Json& scenario, const std::optional<EarlierRun>& earlier) const {
  const bool is_source = earlier && overlap(path_, earlier->folder);
  switch (existing_) {
    case ExistingFolder::refuse:
      throw Failure(
          ErrorKind::usage,
          is_source ? fmt::format("{} is the run whose replies are to be used: --out names another folder",
                                  path_.string())
                    : fmt::format("{} exists already: --resume completes it, --overwrite replaces it, --out "
                                  "names another folder",
                                  path_.string()));
    case ExistingFolder::overwrite:
      if (!is_source) return;
      throw Failure(
          ErrorKind::usage,
          fmt::format("--overwrite would delete {}, whose replies are to be used: --out names another folder",
                      earlier->folder.string()));
    case ExistingFolder::resume:
      check_resumable(path_, scenario);
  }
}

std::optional<Json> RunFolder::finished(const Scenario& scenario) const {
  if (free_ || existing_ != ExistingFolder::resume) return std::nullopt;
  check_same_scenario(path_, resolved(scenario));
  if (!fs::exists(path_ / "summary.json")) return std::nullopt;
  if (!fs::exists(path_ / "run.db") && !(scenario.is_study() && has_metrics_of(scenario)))
    return std::nullopt;
  return read_json(path_ / "summary.json", ErrorKind::data);
}

bool RunFolder::has_metrics_of(const Scenario& scenario) const { return has_metrics_in(path_, scenario); }

Json RunFolder::with_metrics_of(const Scenario& scenario, Json summary) const {
  if (has_metrics_of(scenario)) return summary;
  check_rows(scenario, path_);
  sum_up_metrics(path_ / "run.db", scenario.metrics, summary);
  fs::remove(path_ / "report.html");  // it shows the others
  finish(summary);
  Json stored = read_json(path_ / "scenario.json", ErrorKind::data);
  stored["metrics"] = resolved(scenario).value("metrics", Json::object());
  write("scenario.json", stored);
  return summary;
}

void RunFolder::begin(const Scenario& scenario) {
  begun_ = true;
  lock_.keep();
  try {
    if (existing_ != ExistingFolder::resume) {
      remove_arms();
      remove_paid();
    }
    remove_results();
  } catch (const fs::filesystem_error& error) {
    throw Failure(ErrorKind::stopped, fmt::format("{} cannot be emptied: {}", path_.string(), error.what()));
  }
  write("scenario.json", written_form(resolved(scenario)));
}

void RunFolder::finish(const Json& summary) const { write("summary.json", summary); }

Failure RunFolder::stopped(const std::string& reason) const {
  return {ErrorKind::stopped,
          begun_ ? fmt::format("{}; {} is kept: --resume goes on from there", reason, path_.string())
                 : fmt::format("{}; nothing has been run yet: the same command starts again", reason)};
}

void RunFolder::remove_results() const {
  for (const char* file : {"summary.json", "report.html"}) fs::remove(path_ / file);
  remove_database(shard_of(path_, 0));
  for (const fs::path& shard : shards_in(path_)) remove_database(shard);
  std::vector<fs::path> partial;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (is_partial(entry.path().filename().string())) partial.push_back(entry.path());
  }
  for (const fs::path& file : partial) fs::remove(file);
}

void RunFolder::remove_paid() const {
  for (const char* file : {"journal.db", "journal.db-wal", "journal.db-shm", "budget.log", "run.log",
                           "run.1.log", "run.2.log", "run.3.log"})
    fs::remove(path_ / file);
  if (const fs::path interviews = path_ / "interviews"; is_run_folder(interviews)) fs::remove_all(interviews);
}

void RunFolder::remove_arms() const {
  const std::vector<fs::path> arms = arms_in(path_);
  std::vector<FolderLock> nobody_writes_them(arms.begin(), arms.end());
  for (const fs::path& arm : arms) fs::remove_all(arm);
}

void RunFolder::write(const char* file, const Json& content) const {
  try {
    write_file(path_ / file, content.dump(2) + "\n");
  } catch (const Failure& failure) {
    throw Failure(ErrorKind::stopped, failure.what());
  }
}

GatewayOptions gateway_options(const fs::path& folder, const std::optional<EarlierRun>& earlier,
                               Progress& progress) {
  return {.folder = folder,
          .budget_log = folder / "budget.log",
          .earlier = earlier,
          .say = [&progress](const std::string& text) { progress.say(text); },
          .update = [&progress](const std::string& text) { progress.update(text); }};
}

CallsFolder::CallsFolder(const fs::path& folder, const Scenario& scenario,
                         const std::optional<EarlierRun>& earlier, Progress& progress) {
  if (fs::is_symlink(folder)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} is a symbolic link: calls are written nowhere else", folder.string()));
  }
  check_links(folder);
  lock_.emplace(folder);
  lock_->keep();
  write_file(folder / "scenario.json",
             written_form(resolved(scenario)).dump(2) + "\n");  // what a replay is compared with
  GatewayOptions options = gateway_options(folder, earlier, progress);
  options.can_reuse = false;
  gateway_.emplace(scenario, options, nullptr);
}

}  // namespace throng
