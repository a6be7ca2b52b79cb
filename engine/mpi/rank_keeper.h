#pragma once

#include <functional>
#include <string>

namespace throng {

/// Of the process that runs the program: is it being ended from outside, so that little time is left?
using IsEnded = std::function<bool()>;

/// Runs `program` in a child process and returns its exit code. The launcher (mpirun, srun) knows only this process. If the child is killed,
/// by whomever, that is said on stderr, with `name` and the signal, and the exit code is that of a run that can be resumed: a launcher
/// would make it 128 and the signal. The child does not outlive this process.
///
/// SIGINT, SIGTERM and SIGHUP are passed on; so is SIGUSR1, as SIGINT: mpirun passes it on, where Ctrl-C would end all
/// processes within two seconds. The child is being ended from half a second after SIGTERM: mpirun kills a second after it.
///
/// Called before the process has threads.
int run_kept(const std::string& name, const std::function<int(const IsEnded&)>& program);

}  // namespace throng
