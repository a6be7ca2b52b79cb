#include "scenarios/run/progress.h"

#include <atomic>
#include <csignal>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/process.h"
#include "engine/base/text.h"

namespace throng {
namespace {

std::atomic<int> interrupt_seen = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // so that a signal handler may write it

extern "C" void remember_interrupt(int signal) {
  interrupt_seen = 1;
  std::signal(signal, SIG_DFL);
}

void handle_interrupts(void (*handler)(int)) {
  for (const int signal : ending_signals()) std::signal(signal, handler);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupt_seen = 0;
  handle_interrupts(remember_interrupt);
}

InterruptGuard::~InterruptGuard() { handle_interrupts(SIG_DFL); }

bool InterruptGuard::interrupted() const { return interrupt_seen != 0; }

Progress::Progress(Output output) : output_(output), is_terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { finish(); }

void Progress::say(const std::string& step) { print(step, Urgency::must_be_seen); }

void Progress::update(const std::string& state) { print(state, Urgency::may_be_left_out); }

void Progress::on_progress(const FitProgress& progress) {
  const std::string ndcg =
      progress.validation_ndcg ? fmt::format(", validation NDCG@20 {:.4f}", *progress.validation_ndcg) : "";
  print(
      fmt::format("fitting {}: epoch {}, loss {:.4f}{}", progress.model, progress.epoch, progress.loss, ndcg),
      Urgency::may_be_left_out);
}

void Progress::on_agents(std::size_t agents, std::size_t total, std::size_t pages) {
  if (agents == 0) {
    agents_started_ = Clock::now();
    return;
  }
  const double elapsed = std::chrono::duration<double>(Clock::now() - agents_started_).count();
  const double left = elapsed / static_cast<double>(agents) * static_cast<double>(total - agents);
  print(fmt::format("agents {}/{}, {:.0f} pages/s, {:.1f} s elapsed, {:.1f} s left", agents, total,
                    static_cast<double>(pages) / elapsed, elapsed, left),
        agents == total ? Urgency::must_be_seen : Urgency::may_be_left_out);
}

void Progress::print(const std::string& line, Urgency urgency) {
  if (output_ == Output::none) return;
  const auto pause = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000);
  if (urgency == Urgency::may_be_left_out && Clock::now() - last_print_ < pause) return;
  last_print_ = Clock::now();
  line_open_ = is_terminal_;
  say_to_stderr(
      fmt::format("{}{}{}", is_terminal_ ? "\r\033[K" : "", printable(line), is_terminal_ ? "" : "\n"));
}

void Progress::finish() {
  if (line_open_) say_to_stderr("\n");
  line_open_ = false;
}

}  // namespace throng
