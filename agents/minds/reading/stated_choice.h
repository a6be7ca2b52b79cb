#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace throng {

enum class PageChoice : std::uint8_t { next, exit };

/// A choice and the part of the text that states it.
struct StatedChoice {
  PageChoice choice;
  std::string_view text;
};

/// The tags [NEXT] and [EXIT] of a text, in any case; in capitals also with other brackets. If both are there, only those that open a line or stand behind a
/// colon, so that a tag mentioned in passing does not count.
std::vector<StatedChoice> tagged_choices(std::string_view text);

/// Choices without these tags: lines such as "Next; Reason: ..." and other tags ("[CONTINUE]"), or else sentences in which the speaker intends to go on
/// or to leave ("I will continue browsing", "I have decided not to go on"), without an "if" or "might" before it.
std::vector<StatedChoice> worded_choices(std::string_view text);

/// What is searched for, and the part of the text that states it.
struct StatedSearch {
  std::string_view query;  ///< not empty
  std::string_view text;
  bool opens;  ///< a line, or stands behind a colon
};

/// The first "[SEARCH: comedies]", "[SEARCH] comedies" or line "SEARCH: comedies", in any case.
std::optional<StatedSearch> stated_search(std::string_view text);

/// The choice if all agree.
std::optional<StatedChoice> agreed(const std::vector<StatedChoice>& choices);

}  // namespace throng
