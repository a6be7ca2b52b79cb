#include "scenarios/run/progress.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <numeric>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8.h>

#include "engine/base/process.h"
#include "engine/base/text.h"

namespace throng {
namespace {

std::atomic<int> interrupt_seen = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // so that a signal handler may write it

std::mutex interrupt_mutex;
int interrupt_guards = 0;

extern "C" void remember_interrupt(int signal) {
  interrupt_seen = 1;
  std::signal(signal, SIG_DFL);
}

void handle_interrupts(void (*handler)(int)) {
  for (const int signal : ending_signals()) std::signal(signal, handler);
}

/// What fits into one line of the terminal: of a longer one "\r" would only reach the last part.
std::string cut_to_terminal(std::string line) {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return line;
  auto end = line.begin();
  for (int column = 1; column < size.ws_col && end != line.end(); ++column) utf8::unchecked::next(end);
  line.erase(end, line.end());
  return line;
}

double past_seconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

InterruptGuard::InterruptGuard() {
  const std::lock_guard lock(interrupt_mutex);
  if (interrupt_guards++ > 0) return;
  interrupt_seen = 0;
  handle_interrupts(remember_interrupt);
}

InterruptGuard::~InterruptGuard() {
  const std::lock_guard lock(interrupt_mutex);
  if (--interrupt_guards == 0) handle_interrupts(SIG_DFL);
}

bool InterruptGuard::interrupted() const { return interrupt_seen != 0; }

ProgressLines::ProgressLines(Output output) : output_(output), is_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLines::print(const std::string& line, Urgency urgency) {
  if (output_ == Output::none) return;
  const std::lock_guard lock(mutex_);
  const auto pause = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000);
  if (urgency == Urgency::may_be_left_out && Clock::now() - last_print_ < pause) return;
  last_print_ = Clock::now();
  line_open_ = is_terminal_;
  say_to_stderr(is_terminal_ ? "\r\033[K" + cut_to_terminal(printable(line)) : printable(line) + "\n");
}

void ProgressLines::finish() {
  const std::lock_guard lock(mutex_);
  if (line_open_) say_to_stderr("\n");
  line_open_ = false;
}

void StudyShares::had_finished(std::size_t run) {
  done_[run] = 1;
  ++before_;
}

std::size_t StudyShares::finished() const { return static_cast<std::size_t>(std::ranges::count(done_, 1.0)); }

std::optional<double> StudyShares::seconds_left(double seconds) const {
  const double done = std::accumulate(done_.begin(), done_.end(), 0.0);
  if (done <= before_) return std::nullopt;
  return seconds / (done - before_) * (static_cast<double>(runs()) - done);
}

StudyProgress::StudyProgress(ProgressLines::Output output, std::size_t runs)
    : lines_(output), shares_(runs), started_(std::chrono::steady_clock::now()) {}

std::string StudyProgress::head() {
  const std::lock_guard lock(mutex_);
  std::string text = fmt::format("{} of {} runs", shares_.finished(), shares_.runs());
  if (const auto left = shares_.seconds_left(past_seconds(started_));
      left && shares_.finished() < shares_.runs())
    text += fmt::format(", {} left", rough_time(*left));
  return text;
}

void StudyProgress::say_once(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  if (said_.insert(sentence).second) lines_.print(sentence, ProgressLines::Urgency::must_be_seen);
}

void StudyProgress::had_finished(std::size_t run, const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    shares_.had_finished(run);
  }
  say(name, "had finished already", ProgressLines::Urgency::must_be_seen);
}

void StudyProgress::has_finished(std::size_t run, const std::string& name) {
  reached(run, 1);
  say(name, "has finished", ProgressLines::Urgency::must_be_seen);
}

void StudyProgress::say(const std::string& name, const std::string& state, ProgressLines::Urgency urgency) {
  lines_.print(fmt::format("[{}] {}: {}", head(), name, state), urgency);
}

void StudyProgress::reached(std::size_t run, double share) {
  const std::lock_guard lock(mutex_);
  shares_.reached(run, share);
}

Progress::Progress(Output output) : lines_(std::make_unique<ProgressLines>(output)) {}

void Progress::say(const std::string& step) { print(step, Urgency::must_be_seen); }

void Progress::say_once(const std::string& sentence) {
  if (run_) {
    run_->study.say_once(sentence);
  } else {
    say(sentence);
  }
}

void Progress::update(const std::string& state) { print(state, Urgency::may_be_left_out); }

void Progress::on_progress(const FitProgress& progress) {
  const std::string ndcg =
      progress.validation_ndcg ? fmt::format(", validation NDCG@20 {:.4f}", *progress.validation_ndcg) : "";
  const std::string round = round_ > 0 ? fmt::format(" for round {} of {}", round_ + 1, rounds_) : "";
  print(fmt::format("fitting {}{}: epoch {}, loss {:.4f}{}", progress.model, round, progress.epoch,
                    progress.loss, ndcg),
        Urgency::may_be_left_out);
}

void Progress::on_round(std::size_t round, std::size_t rounds) {
  round_ = round;
  rounds_ = rounds;
  round_began_ = Clock::now();
}

void Progress::on_agents(std::size_t agents, std::size_t total, std::size_t pages) {
  if (agents == 0) return;
  const std::string round = rounds_ > 1 ? fmt::format("round {} of {}, ", round_, rounds_) : "";
  const double share = static_cast<double>(agents) / static_cast<double>(total);
  if (run_) {
    // The rest of a run that has had all its agents (figures, rows) is not done before it has finished.
    const double most = 0.999;
    run_->study.reached(
        run_->run, std::min(most, (static_cast<double>(round_ - 1) + share) / static_cast<double>(rounds_)));
    return print(fmt::format("{}agents {}/{}", round, agents, total), Urgency::may_be_left_out);
  }
  const double elapsed = past_seconds(round_began_);
  print(fmt::format("{}agents {}/{}, {:.0f} pages/s, {:.1f} s elapsed, {:.1f} s left", round, agents, total,
                    static_cast<double>(pages) / elapsed, elapsed, elapsed / share * (1 - share)),
        agents == total ? Urgency::must_be_seen : Urgency::may_be_left_out);
}

void Progress::print(const std::string& line, Urgency urgency) {
  if (run_) {
    run_->study.say(run_->name, line, urgency);
  } else {
    lines_->print(line, urgency);
  }
}

void Progress::finish() {
  if (lines_) lines_->finish();
}

}  // namespace throng
