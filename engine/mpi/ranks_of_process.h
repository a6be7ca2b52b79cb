#pragma once

#include <functional>
#include <string>

#include "engine/ranks/ranks.h"

namespace throng {

/// How a program ends.
struct Ending {
  int exit_code = 0;
  std::string complaint{};  ///< for stderr; empty: none, or another rank says it
};

/// Runs what `main` is there for, writes its complaint to stderr and returns the exit code. If mpirun or srun has started this process
/// it is one of their ranks meanwhile (MpiRanks, in a process of its own: `run_kept`); all ranks then return the same exit code, and a
/// complaint that several of them have is written once. In a build without MPI it is a complaint if they have started several.
///
/// Called once, before the process has threads.
int run_as_rank(const std::function<Ending()>& program);

/// The ranks that share what this process does: within `run_as_rank` those that were started together; else it is alone.
Ranks& ranks_of_process();

}  // namespace throng
