#include "engine/sim/virtual_time.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace throng {

namespace {

struct Unit {
  char letter;
  Duration length;
};
constexpr std::array<Unit, 5> kUnits{{{'s', std::chrono::seconds(1)},
                                      {'m', std::chrono::minutes(1)},
                                      {'h', std::chrono::hours(1)},
                                      {'d', std::chrono::days(1)},
                                      {'w', std::chrono::weeks(1)}}};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  constexpr std::int64_t max_count = 1'000'000;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && count > 0 && count <= max_count && end + 1 == text.data() + text.size()) {
    for (const Unit& unit : kUnits) {
      if (*end == unit.letter) return count * unit.length;
    }
  }
  return Error{
      ErrorKind::usage,
      fmt::format("'{}' is not a duration: expected a whole number from 1 to {} and a unit s, m, h, d "
                  "or w, such as \"7d\"",
                  text, max_count)};
}

std::string duration_text(Duration duration) {
  Unit fitting = kUnits.front();
  for (const Unit& unit : kUnits) {
    if (duration % unit.length == Duration::zero()) fitting = unit;
  }
  return fmt::format("{}{}", duration / fitting.length, fitting.letter);
}

std::string format_time(VirtualTime time) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace)
  const auto since_start = floor<seconds>(time.time_since_epoch());
  const auto in_day = hh_mm_ss(since_start - floor<days>(since_start));
  return fmt::format("{}d {:02}:{:02}:{:02}", floor<days>(since_start).count(), in_day.hours().count(),
                     in_day.minutes().count(), in_day.seconds().count());
}

}  // namespace throng
