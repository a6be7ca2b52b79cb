#include "llm/mock/mock_options.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace throng::llm::mock {
namespace {

constexpr std::array<std::string_view, kFaults> kNames{"429",
                                                       "500",
                                                       "503",
                                                       "reset",
                                                       "stall",
                                                       "truncated",
                                                       "malformed",
                                                       "slow_bytes",
                                                       "wrong_length",
                                                       "mid_stream_error",
                                                       "invalid_content"};

Error wrong(std::string message) { return {ErrorKind::usage, std::move(message)}; }

constexpr int kMostTokens = 1'000'000;

std::optional<int> count_of(std::string_view text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && number >= 1 && number <= kMostTokens ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view to_string(Fault fault) { return kNames.at(static_cast<std::size_t>(fault)); }

double FaultShares::transport() const {
  return std::accumulate(shares_.begin(), shares_.end() - 1, 0.0);  // invalid_content is the last
}

Result<FaultShares> FaultShares::even(double rate) {
  if (!(rate >= 0 && rate <= 1)) return wrong("the fault rate is between 0 and 1");
  FaultShares shares;
  shares.shares_.fill(rate / static_cast<double>(kFaults));
  return shares;
}

Result<FaultShares> FaultShares::parse(std::string_view text) {
  FaultShares shares;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto* const name = std::ranges::find(kNames, part.substr(0, equals));
    if (name == kNames.end())
      return wrong(fmt::format("\"{}\": expected a fault's name ({}), = and its share", part,
                               fmt::join(kNames, ", ")));
    const std::string_view number = part.substr(std::min(part.size(), equals + 1));
    double share = -1;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), share);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size() || !(share >= 0 && share <= 1))
      return wrong(fmt::format("\"{}\": expected a share between 0 and 1", part));
    shares.shares_[static_cast<std::size_t>(name - kNames.begin())] = share;
  }
  // Shares such as 0.1 do not add up to 1 exactly.
  if (shares.transport() + shares[Fault::invalid_content] > 1 + 1e-9)
    return wrong("the shares of all faults are more than 1 together");
  return shares;
}

const std::vector<std::string>& refusable() {
  static const std::vector<std::string> names{
      "json_schema",           "json_object", "response_format", "seed", "stream_options", "max_tokens",
      "max_completion_tokens", "temperature", "top_p",           "stop", "system",         "developer"};
  return names;
}

Result<Range<int>> parse_token_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<int> min = count_of(text.substr(0, dash));
  const std::optional<int> max = dash == std::string_view::npos ? min : count_of(text.substr(dash + 1));
  if (!min || !max || *min > *max) {
    return Error{
        ErrorKind::usage,
        fmt::format("\"{}\": expected a number of tokens such as 20, or a range such as 10-30", text)};
  }
  return Range<int>{*min, *max};
}

}  // namespace throng::llm::mock
