#include "agents/minds/agent4rec/optional_lines.h"

#include <algorithm>
#include <array>

#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

enum class LineLabel { none, save, share, words };

LineLabel label_of(std::string_view name) {
  constexpr std::size_t longest = 20;
  if (name.size() > longest) return LineLabel::none;
  const std::string word = lower_case(std::string(without_decoration(name)));
  if (word == "save" || word == "saved" || word == "save for later" || word == "saved for later")
    return LineLabel::save;
  if (word == "share" || word == "shared") return LineLabel::share;
  return word == "words" ? LineLabel::words : LineLabel::none;
}

/// Where the words begin behind a title: at their label or, without it, at the first semicolon.
OptionalLines::Share share_of(std::string_view value) {
  constexpr std::string_view label = "words:";
  const std::size_t named = lower_case(std::string(value)).find(label);
  const std::size_t end = named != std::string::npos ? named : std::min(value.find(';'), value.size());
  const std::size_t begin = named != std::string::npos ? named + label.size() : end;
  return {.title = std::string(without_decoration(value.substr(0, end))),
          .words = std::string(without_decoration(value.substr(begin)))};
}

}  // namespace

OptionalLines take_optional_lines(std::string_view reply, const AllowedActions& allowed) {
  OptionalLines lines;
  if (!allowed.save && !allowed.share) {
    lines.rest = reply;
    return lines;
  }
  while (!reply.empty()) {
    const std::string_view line = reply.substr(0, reply.find('\n'));
    reply.remove_prefix(std::min(reply.size(), line.size() + 1));
    const std::string_view bare = without_decoration(line);
    const std::size_t colon = bare.find(':');
    const LineLabel label =
        colon == std::string_view::npos ? LineLabel::none : label_of(bare.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : without_decoration(bare.substr(colon + 1));
    if (label == LineLabel::save && allowed.save) {
      lines.saved.emplace_back(value);
    } else if (label == LineLabel::share && allowed.share) {
      lines.shared.push_back(share_of(value));  // perhaps "none", which titles begin with, too
    } else if (label == LineLabel::words && !lines.shared.empty()) {
      std::string& words = lines.shared.back().words;
      if (words.empty()) words = value;
    } else {
      lines.rest.append(line).append(1, '\n');
    }
  }
  return lines;
}

}  // namespace throng
