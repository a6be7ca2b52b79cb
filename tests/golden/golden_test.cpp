#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "scenarios/run/run.h"
#include "scenarios/store/run_reader.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

Json run_shipped(const std::string& scenario, std::size_t threads, const TempFolder& folder) {
  const ThreadLimit limit(threads);
  const std::string file = THRONG_SOURCE_DIR "/scenarios/" + scenario;
  return run_scenario(read_scenario(file, {}), {.folder = folder / ("run-" + std::to_string(threads)),
                                                .progress = Progress::Output::none});
}

// Pinned for Debian 12's g++ and glibc. A change here changes everybody's results: say why in the commit.
TEST(Golden, TheDemoHasOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const Json one = run_shipped("demo.json", 1, folder);
  const Json two = run_shipped("demo.json", 2, folder);
  EXPECT_EQ(one["digest"], "3f1ba4cc43a688f90d90b7f6e29f480d");
  EXPECT_EQ(two["digest"], one["digest"]);
  EXPECT_EQ(one["agents"], 1000);
  EXPECT_EQ(one["metrics"], two["metrics"]);
}

TEST(Golden, TheReportFromTheRowsEqualsTheSummary) {
  const TempFolder folder;
  const Json summary = run_shipped("demo.json", 2, folder);
  const RunReader run(folder / "run-2");
  for (const Metric& metric : headline_metrics(run.outcomes())) {
    EXPECT_EQ(metric.mean, summary["metrics"][metric.name].get<double>()) << metric.name;
    EXPECT_EQ(metric.standard_error, summary["standard_errors"][metric.name].get<double>()) << metric.name;
  }
  EXPECT_EQ(run.meta("digest"), summary["digest"].get<std::string>());
  EXPECT_EQ(run.meta("status"), "finished");
}

}  // namespace
}  // namespace throng
