#include "agents/minds/reply_verdict.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agents/minds/folded_words.h"

namespace throng {
namespace {

std::optional<bool> verdict_of(std::string_view word) {
  static constexpr std::array<std::string_view, 10> yes{"yes",    "y",  "true", "yeah", "aligned",
                                                        "aligns", "是", "是的", "对",   "符合"};
  static constexpr std::array<std::string_view, 11> no{"no",   "n",  "false", "not",  "nope",  "doesnt",
                                                       "isnt", "否", "不",    "不是", "不符合"};
  if (std::ranges::find(yes, word) != yes.end()) return true;
  if (std::ranges::find(no, word) != no.end()) return false;
  return std::nullopt;
}

}  // namespace

std::optional<bool> read_verdict(std::string_view value) {
  constexpr std::size_t enough = 40;
  const std::vector<std::string> words = folded_words(value.substr(0, enough));
  if (words.empty()) return std::nullopt;
  const auto word = [&](std::size_t at) { return at < words.size() ? std::string_view(words[at]) : ""; };
  if (word(0) == "not") return false;
  if (word(0) == "does" && word(1) == "not") return false;
  const std::optional<bool> verdict = verdict_of(word(0));
  const std::optional<bool> other = verdict_of(word(1) == "or" || word(1) == "and" ? word(2) : word(1));
  if (verdict && other && *verdict != *other && word(1) != "not") return std::nullopt;  // "yes or no"
  return verdict;
}

}  // namespace throng
