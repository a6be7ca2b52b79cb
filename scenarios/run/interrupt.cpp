#include "scenarios/run/interrupt.h"

#include <atomic>
#include <csignal>

#include "engine/base/process.h"

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

}  // namespace throng
