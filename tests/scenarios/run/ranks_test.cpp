// A run over several ranks, here threads, has the results of one process.
#include <map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "scenarios/run/run.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_shards.h"
#include "scenarios/studies/study.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class ResultsOverRanks : public ::testing::Test {
 protected:
  /// 600 agents (three partitions) who come three times, some of them with rows of their own in the training data.
  static Scenario scenario(const Json& changes = Json::object()) {
    Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:80x120"},
                                "population": {"agents": 600}, "recommender": {"kind": "ials", "max_epochs": 4, "factors": 8},
                                "rounds": 3, "retrain": {"every": "7d"}})");
    if (changes.contains("recommender")) json.erase("recommender");
    json.merge_patch(changes);
    return parse_scenario(json, "s.json", {});
  }

  RunOptions options(const std::string& folder, Ranks& ranks) const {
    return {.folder = folder_ / folder, .progress = Progress::Output::none, .ranks = &ranks};
  }

  Json run(const Scenario& scenario, std::size_t ranks, const std::string& folder) const {
    Json summary;
    ThreadRanks::run(ranks, [&](Ranks& rank) {
      const Json own = run_scenario(scenario, options(folder, rank));
      if (rank.is_first()) summary = own;
    });
    for (const char* measured : {"wall_seconds", "peak_rss_bytes"}) summary.erase(measured);
    return summary;
  }

  /// The rows of each table of the run's files, in an order of their own.
  std::map<std::string, std::vector<std::string>> rows(const std::string& run) const {
    std::vector<std::filesystem::path> files = shards_in(folder_ / run);
    files.push_back(folder_ / run / "run.db");
    std::map<std::string, std::vector<std::string>> rows;
    for (const std::filesystem::path& file : files) {
      SQLite::Database database(file.string());
      SQLite::Statement tables(database,
                               "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'meta'");
      while (tables.executeStep()) {
        SQLite::Statement all(database, "SELECT * FROM " + tables.getColumn(0).getString());
        while (all.executeStep()) {
          std::string row;
          for (int column = 0; column < all.getColumnCount(); ++column)
            row += all.getColumn(column).getString() + "|";
          rows[tables.getColumn(0).getString()].push_back(row);
        }
      }
    }
    for (auto& [table, of_table] : rows) std::ranges::sort(of_table);
    return rows;
  }

  TempFolder folder_;
};

TEST_F(ResultsOverRanks, HasTheSummaryAndTheRowsOfOneProcess) {
  for (
      const char* changes :
      {"{}", R"({"population": {"source": "sampled"}, "recommender": {"kind": "mf", "max_epochs": 2}})",
       R"({"retrain": {"start": "warm", "from": "unviewed"}})",
       R"({"retrain": {"from": "nothing"}, "population": {"agents": 300}, "recommender": {"kind": "popularity"}})",
       R"({"rounds": 1, "recommender": {"kind": "random"}})",
       R"({"metrics": {"views": {"sql": "SELECT agent, AVG(viewed) AS value FROM ranked_impressions GROUP BY agent"}}})"}) {
    SCOPED_TRACE(changes);
    const Scenario played = scenario(Json::parse(changes));
    const std::string name = std::to_string(std::hash<std::string>()(changes));
    const Json one = run(played, 1, name + "-1");
    const auto rows_of_one = rows(name + "-1");
    EXPECT_GT(rows_of_one.at("sessions").size(), 250U);
    for (const std::size_t ranks : {2, 3, 5}) {
      const std::string folder = fmt::format("{}-{}", name, ranks);
      EXPECT_EQ(run(played, ranks, folder), one) << ranks;
      EXPECT_EQ(rows(folder), rows_of_one) << ranks;
      EXPECT_EQ(RunReader(folder_ / folder).outcomes(), RunReader(folder_ / (name + "-1")).outcomes());
    }
  }
}

TEST_F(ResultsOverRanks, AStudyHasTheSummaryOfOneProcess) {
  const Scenario study = scenario({{"arms",
                                    {{"learns", Json::object()},
                                     {"stays", {{"retrain", {{"from", "nothing"}}}}},
                                     {"mf", {{"recommender", {{"kind", "mf"}, {"max_epochs", 2}}}}}}},
                                   {"baseline", "stays"},
                                   {"replicates", 2}});
  std::vector<Json> summaries;
  for (const std::size_t ranks : {1, 2}) {
    ThreadRanks::run(ranks, [&](Ranks& rank) {
      Json summary = run_study(study, options(fmt::format("study-{}", ranks), rank));
      for (const char* measured : {"wall_seconds", "peak_rss_bytes"}) summary.erase(measured);
      if (rank.is_first()) summaries.push_back(summary);
    });
  }
  EXPECT_EQ(summaries[1], summaries[0]);
}

TEST_F(ResultsOverRanks, AFolderInTheWayIsAFailureOfAllRanks) {
  run(scenario({{"rounds", 1}}), 1, "there");
  std::vector<std::string> said(3);
  ThreadRanks::run(3, [&](Ranks& rank) {
    try {
      run_scenario(scenario(), options("there", rank));
    } catch (const Failure& failure) {
      said[rank.self()] = fmt::format("{}: {}", failure.exit_code(), failure.what());
    }
  });
  EXPECT_THAT(said[0], HasSubstr("2: "));
  EXPECT_THAT(said[0], HasSubstr("there exists already"));
  EXPECT_THAT(said[1], HasSubstr("2: rank 0: "));
  EXPECT_EQ(said[2], said[1]);
}

TEST_F(ResultsOverRanks, ARankThatWouldRunSomethingElseIsNamedBeforeAnythingIsDeleted) {
  run(scenario({{"rounds", 1}}), 1, "there");
  ThreadRanks::run(3, [&](Ranks& rank) {
    const Scenario own = scenario({{"seed", rank.self() == 2 ? 6 : 5}});
    RunOptions anew = options("there", rank);
    anew.existing = ExistingFolder::overwrite;
    EXPECT_THAT([&] { run_scenario(own, anew); },
                ThrowsMessage<Failure>(HasSubstr("rank 2 would not run the same as rank 0")));
  });
  EXPECT_EQ(RunReader(folder_ / "there").meta("status"), "finished");
}

}  // namespace
}  // namespace throng
