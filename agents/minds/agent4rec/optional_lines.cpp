#include "agents/minds/agent4rec/optional_lines.h"

#include <algorithm>
#include <array>

#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

/// How lines of an action begin.
struct LineKind {
  ActionKind action;
  std::array<std::string_view, 4> labels;  ///< in small letters
  bool has_words = false;                  ///< "Babe; WORDS: you have to see it"; else titles
};

constexpr std::array kLineKinds{
    LineKind{ActionKind::save, {"save", "saved", "save for later", "saved for later"}},
    LineKind{ActionKind::share, {"share", "shared"}, true}};

/// Empty if it is none.
std::string label_of(std::string_view name) {
  constexpr std::size_t longest = 20;
  return name.size() > longest ? "" : lower_case(std::string(without_decoration(name)));
}

OptionalLines::Line line_of(const LineKind& kind, std::string_view value) {
  if (!kind.has_words) return {.kind = kind.action, .titles = std::string(value), .words = {}};
  // The words begin behind the title at their label or, without it, at the first semicolon.
  constexpr std::string_view label = "words:";
  const std::size_t named = lower_case(std::string(value)).find(label);
  const std::size_t end = named != std::string::npos ? named : std::min(value.find(';'), value.size());
  const std::size_t begin = named != std::string::npos ? named + label.size() : end;
  return {.kind = kind.action,
          .titles = std::string(without_decoration(value.substr(0, end))),  // perhaps "none"
          .words = std::string(without_decoration(value.substr(begin)))};
}

}  // namespace

OptionalLines take_optional_lines(std::string_view reply, const AllowedActions& allowed) {
  OptionalLines taken;
  const auto may_be = [&](const LineKind& kind) { return is_allowed(info_of(kind.action), allowed); };
  if (std::ranges::none_of(kLineKinds, may_be)) {
    taken.rest = reply;
    return taken;
  }
  std::vector<OptionalLines::Line>& lines = taken.lines;
  std::optional<std::size_t> waits;  // the line that words may still follow
  while (!reply.empty()) {
    const std::string_view line = reply.substr(0, reply.find('\n'));
    reply.remove_prefix(std::min(reply.size(), line.size() + 1));
    const std::string_view bare = without_decoration(line);
    const std::size_t colon = bare.find(':');
    const std::string label = colon == std::string_view::npos ? "" : label_of(bare.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : without_decoration(bare.substr(colon + 1));
    const auto kind = std::ranges::find_if(kLineKinds, [&](const LineKind& each) {
      return !label.empty() && std::ranges::count(each.labels, label) > 0 && may_be(each);
    });
    if (kind != kLineKinds.end()) {
      if (kind->has_words) waits = lines.size();
      lines.push_back(line_of(*kind, value));
    } else if (label == "words" && waits) {
      std::string& words = *lines[*waits].words;
      if (words.empty()) words = value;
    } else {
      taken.rest.append(line).append(1, '\n');
    }
  }
  std::ranges::stable_sort(lines, {}, &OptionalLines::Line::kind);
  return taken;
}

}  // namespace throng
