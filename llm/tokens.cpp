#include "llm/tokens.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace throng::llm {
namespace {

enum Class : std::uint8_t { letter, digit, space, newline, other_script, punctuation };
constexpr std::size_t kClasses = 6;

constexpr auto kClassOf = [] {
  std::array<Class, 256> classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    const bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    classes[byte] = byte >= 0x80                   ? other_script
                    : is_letter                    ? letter
                    : byte >= '0' && byte <= '9'   ? digit
                    : byte == '\n' || byte == '\r' ? newline
                    : byte <= ' '                  ? space
                                                   : punctuation;
  }
  return classes;
}();

/// Does a token begin at the byte at `position` of a run of bytes of one class?
constexpr bool begins_token(Class kind, std::size_t position) {
  switch (kind) {
    case letter:  // common words are one token
      return position == 0 || (position >= 8 && (position - 8) % 5 == 0);
    case digit:
    case other_script:  // a Chinese character, one and a half Cyrillic ones
      return position % 3 == 0;
    case space:  // a single space belongs to what follows
      return position == 1;
    case newline:
      return position == 0;
    case punctuation:
      return position % 2 == 0;
  }
  return false;
}

/// Positions from here on are like those a period before.
constexpr std::size_t kPositions = 64;
constexpr std::size_t kPeriod = 30;  // a multiple of 5, 3 and 2

constexpr auto kBeginsToken = [] {
  std::array<std::array<bool, kPositions>, kClasses> begins{};
  for (std::size_t kind = 0; kind < kClasses; ++kind) {
    for (std::size_t position = 0; position < kPositions; ++position)
      begins[kind][position] = begins_token(static_cast<Class>(kind), position);
  }
  return begins;
}();

constexpr std::int64_t kChatTokensPerMessage = 16;  // role names and separators, generously
/// What a server's template puts in front unasked: of those known, gpt-oss has the longest, some 70 tokens.
constexpr std::int64_t kTemplateTokens = 128;

constexpr double kDecay = 0.999;
constexpr double kEnough = 20;
constexpr double kFirstMargin = 0.3;
constexpr double kQuantile = 0.95;
constexpr std::int64_t kWithoutMaximum = 1024;
constexpr double kBinsPerOctave = 4;
constexpr double kLeastSeconds = 1e-3;
// A call is waited for while it takes about four times as long as the others: so many more have gone since.
constexpr std::size_t kLongest = 4;
constexpr std::size_t kFewCalls = 100;

}  // namespace

std::int64_t estimate_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  std::size_t position = 0;
  std::size_t before = kClasses;
  for (const char c : text) {
    const std::size_t kind = kClassOf[static_cast<unsigned char>(c)];
    position = kind == before ? position + 1 : 0;
    if (position == kPositions) position -= kPeriod;
    tokens += kBeginsToken[kind][position] ? 1 : 0;
    before = kind;
  }
  return tokens;
}

std::int64_t most_tokens(std::int64_t bytes, std::int64_t messages) {
  return bytes + kChatTokensPerMessage * (messages + 1) + kTemplateTokens;
}

void TokenStatistics::begin(std::uint64_t call) {
  begun_.push_back({.call = call});
  ++in_flight_;
}

void TokenStatistics::end(std::uint64_t call, const std::optional<Observed>& observed) {
  const auto found = std::ranges::lower_bound(begun_, call, {}, &Begun::call);
  if (found == begun_.end() || found->call != call) {  // it was passed over
    if (observed) observe(*observed);
    return;
  }
  found->in_flight = false;
  found->observed = observed;
  --in_flight_;
  // One that hangs must not keep all others from teaching.
  const std::size_t most = kFewCalls + kLongest * in_flight_;
  while (!begun_.empty() && (!begun_.front().in_flight || begun_.size() > most)) {
    const Begun& first = begun_.front();
    if (first.in_flight) --in_flight_;
    if (first.observed) observe(*first.observed);
    begun_.pop_front();
  }
}

void TokenStatistics::observe(const Observed& observed) {
  const auto& [estimated_prompt, prompt, completion, took] = observed;
  if (estimated_prompt <= 0 || prompt <= 0 || completion < 0) return;
  for (double* sum : {&calls_, &estimated_sum_, &prompt_sum_, &weights_, &completion_sum_}) *sum *= kDecay;
  for (double& bin : completions_) bin *= kDecay;
  const double seconds = std::max(kLeastSeconds, std::chrono::duration<double>(took).count());
  const double weight = seconds * seconds;
  calls_ += 1;
  estimated_sum_ += static_cast<double>(estimated_prompt);
  prompt_sum_ += static_cast<double>(prompt);
  weights_ += weight;
  completion_sum_ += weight * static_cast<double>(completion);
  const double bin = kBinsPerOctave * std::log2(static_cast<double>(completion) + 1);
  completions_[std::min(kBins - 1, static_cast<std::size_t>(bin))] += weight;
}

std::int64_t TokenStatistics::prompt_tokens(std::int64_t estimated) const {
  const double ratio = calls_ > 0 ? prompt_sum_ / estimated_sum_ : 1;
  const double margin = kFirstMargin / std::sqrt(1 + calls_);
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(estimated) * ratio * (1 + margin)));
}

double TokenStatistics::completion_quantile() const {
  double rest = (1 - kQuantile) * weights_;
  std::size_t bin = kBins;
  while (bin > 1 && rest >= completions_[bin - 1]) rest -= completions_[--bin];
  return std::exp2(static_cast<double>(bin) / kBinsPerOctave) - 1;  // the upper end of the bin
}

std::int64_t TokenStatistics::completion_tokens(std::int64_t max_tokens, std::int64_t in_flight) const {
  const std::int64_t most = max_tokens > 0 ? max_tokens : kWithoutMaximum;
  if (calls_ < kEnough) return most;
  const double mean = completion_sum_ / weights_;
  const double above = std::max(0.0, completion_quantile() - mean);
  // The sum of n has a spread of sqrt(n), so each need reserve only 1/sqrt(n) of it; and the mean is not known
  // better than from as many calls as were seen.
  const double n = 1 + static_cast<double>(std::max<std::int64_t>(in_flight, 0));
  const double share = std::min(1.0, 1 / std::sqrt(n) + (n > 1 ? 1 / std::sqrt(calls_) : 0));
  const auto reserve = static_cast<std::int64_t>(std::ceil(mean + above * share));
  return max_tokens > 0 ? std::min(reserve, most) : reserve;
}

}  // namespace throng::llm
