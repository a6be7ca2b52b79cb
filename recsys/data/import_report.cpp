#include "recsys/data/import_report.h"

#include <map>
#include <utility>

#include "recsys/data/text.h"

namespace throng {
namespace {

/// The reason without what differs from line to line.
std::string way_of(std::string_view reason) {
  std::string way;
  bool quoted = false;
  for (const char c : reason) {
    if (c == '"') quoted = !quoted;
    if (!quoted && !is_digit(c)) way += c;
  }
  return way;
}

}  // namespace

void FileRead::note(Oddity oddity, std::string_view text, std::size_t at) {
  Occurrences& occurrences = odd[static_cast<std::size_t>(oddity)];
  if (occurrences.count++ == 0) occurrences.example = text;
  occurrences.last_line = at;
  if (occurrences.lines.size() < Occurrences::kShown) occurrences.lines.push_back(at);
}

std::string FileRead::text(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  std::string text = western_to_utf8(bytes);
  note_row(Oddity::encoding, text);
  return text;
}

std::vector<SkippedLines> alike(const std::vector<BadLine>& skipped) {
  std::vector<SkippedLines> groups;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const BadLine& bad : skipped) {
    const auto [at, is_new] = known.try_emplace({bad.file, way_of(bad.reason)}, groups.size());
    if (is_new) groups.push_back({.first = bad});
    SkippedLines& group = groups[at->second];
    ++group.count;
    if (group.lines.size() < Occurrences::kShown) group.lines.push_back(bad.line);
  }
  return groups;
}

}  // namespace throng
