#include "llm/mock/mock_options.h"

#include <charconv>

#include <fmt/format.h>

namespace throng::llm::mock {
namespace {

constexpr int kMostTokens = 1'000'000;

std::optional<int> count_of(std::string_view text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && number >= 1 && number <= kMostTokens ? std::optional(number) : std::nullopt;
}

}  // namespace

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
