#include "scenarios/run/interrupt.h"

#include <array>
#include <atomic>
#include <csignal>

namespace throng {
namespace {

constexpr std::array kInterrupts{SIGINT, SIGTERM, SIGHUP};

std::atomic<int> interrupt_seen = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // so that a signal handler may write it

extern "C" void remember_interrupt(int signal) {
  interrupt_seen = 1;
  std::signal(signal, SIG_DFL);
}

/// nohup(1) has said that the terminal may go.
bool is_ignored(int signal) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return signal == SIGHUP && now.sa_handler == SIG_IGN;
}

void handle_interrupts(void (*handler)(int)) {
  for (const int signal : kInterrupts) {
    if (!is_ignored(signal)) std::signal(signal, handler);
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupt_seen = 0;
  handle_interrupts(remember_interrupt);
}

InterruptGuard::~InterruptGuard() { handle_interrupts(SIG_DFL); }

bool InterruptGuard::interrupted() const { return interrupt_seen != 0; }

}  // namespace throng
