#include "engine/mpi/ranks_of_process.h"

#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#ifdef THRONG_MPI
#include "engine/mpi/mpi_ranks.h"
#include "engine/mpi/rank_keeper.h"
#endif

namespace throng {
namespace {

Ranks* shared_ranks = nullptr;

/// The first of these environment variables that there is; null: none.
const char* first_of(std::initializer_list<const char*> variables) {
  for (const char* variable : variables) {
    if (const char* value = std::getenv(variable); value != nullptr) return value;
  }
  return nullptr;
}

/// As Open MPI's mpirun, PMIx (srun --mpi=pmix) and PMI-1 and -2 number the processes that they start; null: nobody did.
const char* rank_by_launcher() { return first_of({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}); }

int end_alone(const Ending& ending) {
  say_to_stderr(ending.complaint);
  return ending.exit_code;
}

#ifdef THRONG_MPI

/// How long a rank waits for the first to make the same complaint.
constexpr std::chrono::seconds kFirstSpeaks{2};

/// Without what `main` writes around it.
std::string bare(std::string complaint) {
  constexpr std::string_view program = "throng: ";
  if (complaint.starts_with(program)) complaint.erase(0, program.size());
  while (complaint.ends_with('\n')) complaint.pop_back();
  return complaint;
}

int end_together(MpiRanks& ranks, const Ending& ending) {
  if (ranks.is_first()) say_to_stderr(ending.complaint);
  const std::string complaint = bare(ending.complaint);
  ranks.say_goodbye({.exit_code = ending.exit_code, .complaint = complaint});
  if (!ranks.is_first() && !complaint.empty()) {
    const auto first = ranks.goodbye_of(0, kFirstSpeaks);
    if (!first || first->complaint.find(complaint) == std::string::npos)  // perhaps with more words around it
      say_to_stderr(fmt::format("[rank {}] {}", ranks.self(), ending.complaint));
  }
  return ranks.leave();
}

int run_under_launcher(const std::function<Ending()>& program, const IsEnded& is_ended) {
  // Never deleted: after a failure MPI may still have its buffers.
  MpiRanks& ranks = *new MpiRanks({.is_ended = is_ended});
  shared_ranks = &ranks;
  const Ending ending = program();
  try {
    return end_together(ranks, ending);
  } catch (const Failure& failure) {  // the connection to a rank is gone
    say_to_stderr(fmt::format("[rank {}] throng: {}\n", ranks.self(), failure.what()));
    return ending.exit_code != 0 ? ending.exit_code : failure.exit_code();
  }
}

#else

bool has_companions() {
  const char* size = first_of({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"});
  return rank_by_launcher() != nullptr && size != nullptr && std::string(size) != "1";
}

#endif

}  // namespace

int run_as_rank(const std::function<Ending()>& program) {
#ifdef THRONG_MPI
  if (const char* rank = rank_by_launcher(); rank != nullptr) {
    return run_kept(fmt::format("rank {}", rank),
                    [&](const IsEnded& is_ended) { return run_under_launcher(program, is_ended); });
  }
#else
  if (has_companions()) {
    const bool is_first = std::string(rank_by_launcher()) == "0";
    return end_alone({.exit_code = static_cast<int>(ErrorKind::usage),
                      .complaint = is_first
                                       ? "throng: it was started as one of several processes (mpirun, srun), "
                                         "but built without MPI: cmake --preset release -DTHRONG_MPI=ON\n"
                                       : ""});
  }
#endif
  return end_alone(program());
}

Ranks& ranks_of_process() { return shared_ranks != nullptr ? *shared_ranks : alone(); }

}  // namespace throng
