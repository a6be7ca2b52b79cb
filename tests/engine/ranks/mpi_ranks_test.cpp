#include "engine/mpi/mpi_ranks.h"

#include <cstdlib>

#include "tests/engine/ranks/ranks_suite.h"

// Run by mpirun: every process runs the same tests, each as one of the ranks.

namespace throng {
namespace {

MpiRanks* started = nullptr;  // MPI begins once

struct Processes {
  static void on_each(const std::function<void(Ranks&)>& body) { body(*started); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Mpi, RanksSuite, Processes);

}  // namespace
}  // namespace throng

/// The first argument that is not Google's is the length of MPI's longest message.
int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  throng::MpiRanks::Options options;
  if (argc > 1) options.part = std::strtoull(argv[1], nullptr, 10);
  throng::MpiRanks ranks(options);
  throng::started = &ranks;
  const int failed = RUN_ALL_TESTS();
  ranks.say_goodbye({.exit_code = failed, .complaint = failed != 0 ? "a test failed" : ""});
  return ranks.leave();
}
