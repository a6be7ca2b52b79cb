#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/redact.h"
#include "tests/fuzz/fuzz_input.h"

namespace throng {
namespace {

constexpr std::size_t kShortestInData = 8;

/// What stands for a secret may itself hold a piece of one, or make one with its neighbours.
bool meets_the_mark(std::string_view secret) {
  return secret.find_first_of("[]") != std::string_view::npos ||
         kRedacted.find(secret) != std::string_view::npos;
}

/// No number and no structure of JSON looks like it.
bool is_a_word(std::string_view secret) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return std::ranges::all_of(
             secret,
             [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }) &&
         std::ranges::any_of(secret, [&](char c) { return is_letter(c) && c != 'e' && c != 'E'; });
}

void check(const std::string& secret, std::string text) {
  const Secrets secrets({secret});
  const bool findable = !meets_the_mark(secret);
  if (findable && secret.size() >= 4)
    require(redact(text, secrets).find(secret) == std::string::npos, "a secret is in no text for people");
  const bool was_json = Json::accept(text);
  redact_data(text, secrets);
  if (findable && secret.size() >= kShortestInData)
    require(text.find(secret) == std::string::npos, "a secret is in no data");
  if (was_json && is_a_word(secret)) require(Json::accept(text), "JSON stays JSON");
}

}  // namespace
}  // namespace throng

/// The first line is the secret, what follows the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  throng::check(std::string(input.substr(0, line)), std::string(input.substr(std::min(line + 1, size))));
  return 0;
}
