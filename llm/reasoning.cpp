#include "llm/reasoning.h"

#include <string_view>
#include <utility>

#include "engine/base/text.h"

namespace throng::llm {
namespace {

constexpr std::string_view kOpen = "<think>";
constexpr std::string_view kClose = "</think>";
constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

SplitText split_reasoning(std::string text) {
  const std::string_view all = text;
  const std::size_t start = all.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {.text = std::move(text), .reasoning = ""};

  const bool opened = all.substr(start).starts_with(kOpen);
  const std::size_t thought = opened ? start + kOpen.size() : start;
  const std::size_t close = all.find(kClose, thought);
  const bool json = all[start] == '{' || all[start] == '[';
  if (!opened && (close == std::string_view::npos || json)) return {.text = std::move(text), .reasoning = ""};
  if (close == std::string_view::npos)
    return {.text = "", .reasoning = std::string(trimmed(all.substr(thought)))};
  return {.text = std::string(trimmed(all.substr(close + kClose.size()))),
          .reasoning = std::string(trimmed(all.substr(thought, close - thought)))};
}

}  // namespace throng::llm
