#include "llm/bench/workload.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/json.h"

namespace throng::llm::bench {
namespace {

std::string prompt_of(std::string_view line, const std::string& source) {
  const Json json = parse_json(line, source, ErrorKind::data).value();
  if (!json.is_object() || !json.contains("prompt") || !json["prompt"].is_string())
    throw Failure(ErrorKind::data, source + ": expected an object with a text \"prompt\"");
  return json["prompt"].get<std::string>();
}

constexpr Purpose kPromptSize("bench/prompt tokens");
constexpr Purpose kCompletionSize("bench/max tokens");
constexpr Purpose kPrompt("bench/prompt");
constexpr Purpose kPrefix("bench/prefix");
constexpr int kMostTokens = 10'000'000;

/// One token each for the estimate and for common tokenizers.
constexpr std::array<std::string_view, 64> kWords{
    "the",   "river", "light", "house", "under", "green", "stone", "walk",  "music", "table", "north",
    "paper", "small", "voice", "water", "bread", "cloud", "story", "seven", "quiet", "horse", "glass",
    "night", "early", "plant", "round", "sugar", "train", "birds", "south", "field", "metal", "dream",
    "white", "apple", "chair", "ocean", "happy", "sound", "price", "watch", "cross", "youth", "earth",
    "learn", "smile", "wheel", "carry", "dance", "fresh", "grass", "heavy", "image", "judge", "knife",
    "lemon", "model", "nurse", "order", "piano", "queen", "radio", "sheep", "tiger"};

constexpr std::uint16_t kMeasured = 0;
constexpr std::uint16_t kWarmUp = 1;

}  // namespace

std::vector<std::string> read_prompts(const std::filesystem::path& file) {
  const std::string text = read_file(file, ErrorKind::data);
  const bool is_json = text.starts_with('{');
  std::vector<std::string> prompts;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    prompts.push_back(is_json ? prompt_of(line, fmt::format("{}:{}", file.string(), number))
                              : std::string(line));
  }
  if (prompts.empty()) throw Failure(ErrorKind::data, file.string() + ": no prompts");
  return prompts;
}

Result<Range<int>> parse_range(std::string_view text) {
  Range<int> range{0, 0};
  const char* const end = text.data() + text.size();
  std::from_chars_result read = std::from_chars(text.data(), end, range.min);
  range.max = range.min;
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-')
    read = std::from_chars(read.ptr + 1, end, range.max);
  if (read.ec != std::errc() || read.ptr != end || range.min < 1 || range.max < range.min ||
      range.max > kMostTokens) {
    return Error{ErrorKind::usage, fmt::format("\"{}\": expected a number of tokens such as 256, or a range "
                                               "such as 100-400",
                                               text)};
  }
  return range;
}

Workload::Workload(WorkloadOptions options)
    : options_(std::move(options)),
      draws_(options_.seed),
      prefix_(words(kPrefix, {}, options_.shared_prefix)) {}

ChatRequest Workload::request(std::uint16_t point, std::uint32_t index) const {
  return made({.agent = index, .round = point, .page = kMeasured, .item = 0});
}

ChatRequest Workload::warm_up(std::uint16_t point, std::uint32_t index) const {
  return made({.agent = index, .round = point, .page = kWarmUp, .item = 0});
}

ChatRequest Workload::made(const DrawAddress& at) const {
  ChatRequest request{.model = options_.model};
  std::string prompt = options_.prompts.empty()
                           ? words(kPrompt, at, drawn(options_.prompt_tokens, kPromptSize, at))
                           : options_.prompts[at.agent % options_.prompts.size()];
  if (!prefix_.empty()) prompt.insert(0, prefix_ + " ");
  request.messages = {{.role = Role::user, .content = std::move(prompt)}};
  request.max_tokens = drawn(options_.max_tokens, kCompletionSize, at);
  request.stream = options_.stream;
  if (options_.length == CompletionLength::forced)
    request.extra = {{"ignore_eos", true}, {"min_tokens", *request.max_tokens}};
  return request;
}

std::string Workload::words(Purpose purpose, DrawAddress at, int tokens) const {
  constexpr int kPerDraw = 10;  // six bits of 64 for each word
  std::string text;
  text.reserve(static_cast<std::size_t>(tokens) * 6);
  std::uint64_t bits = 0;
  for (int i = 0; i < tokens; ++i, bits >>= 6U) {
    if (i % kPerDraw == 0) {
      at.item = static_cast<std::uint32_t>(i / kPerDraw);
      bits = draws_.bits(purpose, at);
    }
    if (i > 0) text += ' ';
    text += kWords[bits % kWords.size()];
  }
  return text;
}

int Workload::drawn(const Range<int>& range, Purpose purpose, const DrawAddress& at) const {
  const auto width = static_cast<std::uint64_t>(range.max - range.min) + 1;
  return range.min + static_cast<int>(draws_.below(width, purpose, at));
}

}  // namespace throng::llm::bench
