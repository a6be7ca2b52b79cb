#include "engine/mpi/rank_keeper.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace throng {
namespace {

using Milliseconds = std::chrono::milliseconds;

// Open MPI 4.1 sends SIGTERM a second (odls_base_sigkill_timeout) after a Ctrl-C or the end of a rank, and SIGKILL a second after that.
constexpr Milliseconds kGrace{500};

std::int64_t now_ms() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// When SIGTERM came, 0 before; both processes see it.
class SharedTime {
 public:
  SharedTime() {
    void* page = mmap(nullptr, sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    value_ = new (page) Value(0);
  }

  void set() const { *value_ = now_ms(); }
  bool is_past(Milliseconds span) const { return *value_ != 0 && now_ms() - *value_ > span.count(); }

 private:
  using Value = std::atomic<std::int64_t>;
  static_assert(Value::is_always_lock_free);
  Value* value_;  ///< mapped until the process ends
};

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "an unknown host";
}

/// Passes signals on until the child has ended; returns its exit code.
int keep(const std::string& name, pid_t child, const sigset_t& awaited, const SharedTime& terminated) {
  int last_passed = 0;
  int status = 0;
  for (;;) {
    int signal = 0;
    sigwait(&awaited, &signal);
    if (signal == SIGCHLD) {
      if (waitpid(child, &status, WNOHANG) == child) break;
      continue;
    }
    if (signal == SIGTERM) terminated.set();
    last_passed = signal == SIGUSR1 ? SIGINT : signal;
    kill(child, last_passed);
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (const int signal = WTERMSIG(status); signal != last_passed) {
    say_to_stderr(fmt::format(
        "throng: {} (process {} on {}) was killed by signal {} ({}): the run ends; the same command with "
        "--resume goes on\n",
        name, child, host_name(), signal, strsignal(signal)));
  }
  return static_cast<int>(ErrorKind::stopped);
}

}  // namespace

int run_kept(const std::string& name, const std::function<int(const IsEnded&)>& program) {
  const SharedTime terminated;
  const sigset_t awaited = set_of({SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGCHLD});
  sigset_t before;
  sigprocmask(SIG_BLOCK, &awaited, &before);
  const pid_t keeper = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child > 0) return keep(name, child, awaited, terminated);
  setpgid(0, 0);  // a launcher sends signals to the keeper's group
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(static_cast<int>(ErrorKind::stopped));
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return program([terminated] { return terminated.is_past(kGrace); });
}

}  // namespace throng
