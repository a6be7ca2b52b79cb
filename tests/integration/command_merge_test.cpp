// `throng merge` as a user meets it, and the shards that it merges before every command that reads a run.
#include <chrono>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "tests/integration/command_line.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

class RunInShards : public CommandLine {
 protected:
  /// Runs the demo into the folder run-1, and makes of it run-3, of three ranks.
  void SetUp() override {
    const Finished run = throng({"run", "demo", "--agents", "300", "--out", "run-1", "--set", "rounds=2",
                                 "--set", "recommender={\"kind\":\"popularity\"}"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    fs::copy(folder_ / "run-1", folder_ / "other");
    split("run-1", "run-3");
  }

  /// Ranks have a hundred agents each.
  void split(const std::string& run, const std::string& into) const {
    fs::copy(folder_ / run, folder_ / into);
    for (int rank = 0; rank < 3; ++rank) {
      const fs::path file = folder_ / into / (rank == 0 ? "run.db" : fmt::format("run.{}.db", rank));
      if (rank > 0) fs::copy_file(folder_ / run / "run.db", file);
      SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
      for (const char* table : {"agents", "sessions", "pages", "impressions", "words", "prompt_places",
                                "reflections", "sayings", "failures", "answers"})
        database.exec(fmt::format("DELETE FROM {} WHERE agent / 100 <> {}", table, rank));
      if (rank == 0) database.exec("INSERT INTO meta VALUES ('ranks', '3')");
      for (const char* table : {"meta", "items", "windows", "metrics", "agent_metrics", "round_metrics"}) {
        if (rank > 0) database.exec(fmt::format("DELETE FROM {}", table));
      }
    }
  }

  /// What commands print of a run, without its name.
  std::string told_of(const std::string& run) const {
    std::string all;
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"report", run}, {"story", run, "--agent", "150"}, {"compare", "other", run}}) {
      const Finished finished = throng(command);
      EXPECT_EQ(finished.exit_code, 0) << command[0] << ": " << finished.err;
      all += finished.out;
    }
    EXPECT_EQ(throng({"report", run, "--csv", run + "-csv"}).exit_code, 0);
    std::vector<fs::path> tables;
    for (const fs::directory_entry& table : fs::directory_iterator(folder_ / (run + "-csv")))
      tables.push_back(table.path());
    std::ranges::sort(tables);
    for (const fs::path& table : tables) all += read_file(table, ErrorKind::data);
    EXPECT_EQ(throng({"export", run, "--transcripts", run + ".jsonl"}).exit_code, 0);
    all += read_file(folder_ / (run + ".jsonl"), ErrorKind::data);
    for (std::size_t at = 0; (at = all.find(run, at)) != std::string::npos;)
      all.replace(at, run.size(), "RUN");
    return all;
  }

  bool is_merged(const std::string& run) const {
    return !fs::exists(folder_ / run / "run.1.db") && !fs::exists(folder_ / run / "run.2.db") &&
           !fs::exists(folder_ / run / "run.db.partial");
  }
};

TEST_F(RunInShards, IsReadByEveryCommandAsOneRun) {
  const std::string expected = told_of("run-1");
  EXPECT_EQ(told_of("run-3"), expected);
  const Finished merged = throng({"merge", "run-3"});
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("run-3/run.db: 2 shards merged into it"));
  EXPECT_TRUE(is_merged("run-3"));
  EXPECT_EQ(told_of("run-3"), expected);
  EXPECT_THAT(throng({"merge", "run-3"}).out, HasSubstr("there are no shards beside it"));
}

TEST_F(RunInShards, IsWholeWheneverAMergeOfItIsKilled) {
  const std::string expected = told_of("run-1");
  bool is_whole = false;
  for (int wait = 0; !is_whole && wait < 400; wait += 4) {
    const pid_t merge = start({"merge", "run-3"});
    std::this_thread::sleep_for(std::chrono::milliseconds(wait));
    kill(merge, SIGKILL);
    is_whole = wait_for(merge).exit_code == 0;
    ASSERT_EQ(throng({"story", "run-3", "--agent", "299"}).exit_code, 0) << "killed after " << wait << " ms";
  }
  EXPECT_TRUE(is_whole) << "it was never quick enough";
  EXPECT_TRUE(is_merged("run-3"));
  EXPECT_EQ(told_of("run-3"), expected);
}

TEST_F(RunInShards, IsReplacedWithItsShards) {
  const std::vector<std::string> again{"run", "demo", "--agents", "20", "--out", "run-3", "--overwrite"};
  const Finished run = throng(again);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(is_merged("run-3"));
}

TEST_F(RunInShards, IsGivenMetricsOfItsOwnAfterItHasFinished) {
  const std::string sql =
      R"(metrics={"late":{"sql":"SELECT agent, AVG(satisfaction) AS value FROM pages GROUP BY agent"}})";
  Json late;
  for (const std::string run : {"run-1", "run-3"}) {
    const Json summary =
        json_of(throng({"run", run + "/scenario.json", "--out", run, "--resume", "--set", sql, "--json"}));
    if (late.is_null()) late = summary["metrics"];
    EXPECT_TRUE(summary["metrics"].contains("late"));
    EXPECT_EQ(summary["metrics"], late);
  }
  EXPECT_TRUE(fs::exists(folder_ / "run-3/run.2.db")) << "it is as it was";
}

TEST_F(RunInShards, ThatIsNotThereIsAnError) {
  const Finished absent = throng({"merge", "absent"});
  EXPECT_EQ(absent.exit_code, 3);
  EXPECT_THAT(absent.err, HasSubstr("absent: not a run folder: it has no run.db"));
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
  fs::remove(folder_ / "run-3/run.2.db");
  const Finished missing = throng({"merge", "run-3"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("run-3/run.2.db: is missing"));
  EXPECT_TRUE(fs::exists(folder_ / "run-3/run.1.db"));
}

}  // namespace
}  // namespace throng
