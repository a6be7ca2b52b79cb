#include "engine/net/endpoint_trouble.h"

#include <cmath>

#include <fmt/format.h>

namespace throng {
namespace {

using std::chrono::seconds;

// With 30 % random faults three in a row are common, but not for seconds on end.
constexpr int kFewFailures = 3;
constexpr Delay kFirstNotice = seconds(5);
constexpr int kNoticesThin = 4;  // each waits this many times as long as the one before

// Backoff makes six attempts of a single call take 15 s; at 30 % random faults six in a row are one in 1,400, and those for
// 20 s without any success are not random.
constexpr int kFailuresToStop = 6;
constexpr Delay kWrongFromTheFirst = seconds(20);
// Each may be billed, and nothing random makes a whole reply of another kind.
constexpr int kForeignToStop = 3;

}  // namespace

void EndpointTrouble::usable() {
  ever_usable_ = true;
  failures_ = 0;
}

void EndpointTrouble::failed(Instant now, Failure failure, const std::string& message) {
  if (failures_ == 0) {
    since_ = now;
    all_unusable_ = true;
    all_foreign_ = true;
    notice_after_ = kFirstNotice;
  }
  ++failures_;
  all_unusable_ = all_unusable_ && failure != Failure::unavailable;
  all_foreign_ = all_foreign_ && failure == Failure::foreign;
  last_ = message;
}

std::optional<std::string> EndpointTrouble::notice(Instant now) {
  if (failures_ < kFewFailures || now - since_ < notice_after_) return std::nullopt;
  notice_after_ *= kNoticesThin;
  return in_words(now);
}

bool EndpointTrouble::is_hopeless(Instant now, Delay patience) const {
  if (!ever_usable_ && failures_ > 0 && all_foreign_) return failures_ >= kForeignToStop;
  if (failures_ < kFailuresToStop) return false;
  const bool wrong_from_the_first = !ever_usable_ && all_unusable_;
  return now - since_ >= (wrong_from_the_first ? std::min(patience, kWrongFromTheFirst) : patience);
}

std::string EndpointTrouble::in_words(Instant now) const {
  return fmt::format("no usable reply for {} ({} attempts), the last: {}", throng::in_words(now - since_),
                     failures_, last_);
}

std::string in_words(Delay span) {
  const double s = std::chrono::duration<double>(span).count();
  const auto rounded = [](double value) { return std::round(value * 10) / 10; };
  if (s < 10) return fmt::format("{:g} s", rounded(s));
  if (s < 120) return fmt::format("{:.0f} s", s);
  if (s < 7200) return fmt::format("{:g} min", rounded(s / 60));
  if (s < 172'800) return fmt::format("{:g} h", rounded(s / 3600));
  return fmt::format("{:g} days", rounded(s / 86'400));
}

}  // namespace throng
