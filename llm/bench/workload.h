#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/options_reader.h"
#include "engine/base/random.h"
#include "llm/wire/messages.h"

namespace throng::llm::bench {

/// Reads one prompt per line, or from JSON lines (the file's first character is "{") the member "prompt". Empty lines are
/// left out. Throws Failure(data) naming the file and the line, or for a file without prompts.
std::vector<std::string> read_prompts(const std::filesystem::path& file);

enum class CompletionLength {
  free,    ///< the model ends when it likes, at most after `max_tokens`
  forced,  ///< `ignore_eos` and `min_tokens`, which vLLM and others know, make it exactly `max_tokens`
};

struct WorkloadOptions {
  std::uint64_t seed = 0;
  std::string model;
  Range<int> prompt_tokens{256, 256};  ///< by our estimate; each prompt's length is drawn evenly
  Range<int> max_tokens{64, 64};       ///< likewise
  CompletionLength length = CompletionLength::free;
  int shared_prefix = 0;             ///< tokens in front of every prompt, the same for all of them
  std::vector<std::string> prompts;  ///< taken in turn instead of made ones; the prefix still goes in front
  bool stream = false;
};

/// Reads "256" or "100-400", at least 1. The Error (usage) says what was expected.
Result<Range<int>> parse_range(std::string_view text);

/// The requests of a load test. Pure: the same options give the same requests.
class Workload {
 public:
  explicit Workload(WorkloadOptions options);

  /// `point`: of the sweep. No two requests of a test have the same made prompt (but by chance), so that a server's
  /// cache helps with the shared prefix only.
  ChatRequest request(std::uint16_t point, std::uint32_t index) const;
  /// A request that is like the others, and none of them.
  ChatRequest warm_up(std::uint16_t point, std::uint32_t index) const;

 private:
  ChatRequest made(const DrawAddress& at) const;
  std::string words(Purpose purpose, DrawAddress at, int tokens) const;
  int drawn(const Range<int>& range, Purpose purpose, const DrawAddress& at) const;

  WorkloadOptions options_;
  Draws draws_;
  std::string prefix_;
};

}  // namespace throng::llm::bench
