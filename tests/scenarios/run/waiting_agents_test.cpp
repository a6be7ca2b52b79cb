// How much memory an agent takes while it waits for a language model.
#include <gmock/gmock.h>
#include <malloc.h>

#include "recsys/data/dataset_folder.h"
#include "scenarios/run/simulation.h"

namespace throng {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

/// What is allocated. (What is resident also counts the memory of prompts that have left.)
std::size_t allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct AllAreWaiting {};

/// Takes calls, answers none, and notes the memory when all agents wait. The prompts are forgotten.
class Silence : public Gateway {
 public:
  void submit(const CallKey& /*key*/, ExternalRequest /*request*/) override { ++calls; }
  void wait(const Deliver& /*deliver*/) override {
    allocated = allocated_bytes();
    throw AllAreWaiting();
  }
  std::size_t calls = 0;
  std::size_t allocated = 0;
};

TEST(WaitingAgents, TakeAtMostFourAndAHalfKibibytesEach) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "sanitizers take memory of their own";
  constexpr std::size_t kAgents = 100'000;
  const Scenario scenario = parse_scenario(
      {{"name", "t"},
       {"seed", 1},
       {"dataset", {{"path", "demo"}}},
       {"population", {{"agents", kAgents}}},
       {"recommender", {{"kind", "popularity"}}},
       {"mind",
        {{"kind", "llm"},
         {"endpoints", {{{"url", "http://x/v1"}, {"model", "m"}, {"max_in_flight", kAgents}}}}}}},
      "s", {});
  FitObserver quiet;
  Simulation simulation(scenario, load_dataset("demo"), quiet);
  Silence silence;
  RunObserver nobody;
  const std::size_t before = allocated_bytes();
  EXPECT_THROW(simulation.run(nobody, &silence), AllAreWaiting);
  EXPECT_EQ(silence.calls, kAgents);
  RecordProperty("bytes_per_agent", static_cast<int>((silence.allocated - before) / kAgents));
  EXPECT_LE(silence.allocated - before, kAgents * 4608);
}

}  // namespace
}  // namespace throng
