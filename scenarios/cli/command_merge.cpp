#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "scenarios/cli/command_line.h"
#include "scenarios/store/run_merge.h"
#include "scenarios/store/run_shards.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// The runs of a study that have begun, or the folder itself.
std::vector<fs::path> runs_in(const fs::path& folder) {
  if (!is_study_folder(folder)) return {folder};
  std::vector<fs::path> runs;
  for (const StudyRun& run : study_runs(folder)) {
    if (fs::exists(shard_of(run.folder, 0))) runs.push_back(run.folder);
  }
  return runs;
}

void merge(const fs::path& folder) {
  for (const fs::path& run : runs_in(folder)) {
    const std::size_t shards = merge_shards(run);
    const std::string run_db = shard_of(run, 0).string();
    if (shards == 0)
      fmt::print("  {}: there are no shards beside it\n", run_db);
    else
      fmt::print("  {}: {} shard{} merged into it\n", run_db, shards, shards == 1 ? "" : "s");
  }
}

}  // namespace

void add_merge_command(CLI::App& app) {
  auto* command =
      app.add_subcommand("merge", "Make one run.db of the shards that a run over several ranks leaves");
  const auto folder = std::make_shared<std::string>();
  command->add_option("RUN", *folder, "The folder of the run, or of a study; it may have stopped")
      ->required();
  command->callback([folder] { merge(*folder); });
}

}  // namespace throng
