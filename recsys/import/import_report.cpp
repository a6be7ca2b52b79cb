#include "recsys/import/import_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "recsys/text/text.h"

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

/// So many ids of the other file are tried in other spellings when few meet.
constexpr std::size_t kTried = 1000;

/// What ids may differ in when two files of one dataset were written by different programs.
struct Spelling {
  std::string_view without;  ///< for the hint: "would meet without ..."
  std::string (*of)(std::string_view id);
};

std::string without_leading_zeros(std::string_view id) {
  return std::string(id.substr(std::min(id.find_first_not_of('0'), id.size())));
}

std::string in_small_letters(std::string_view id) { return lower_case(std::string(id)); }

std::string letters_and_digits(std::string_view id) {
  std::string kept;
  std::ranges::copy_if(id, std::back_inserter(kept), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  });
  return kept;
}

std::string behind_prefix(std::string_view id) { return std::string(id.substr(id.find_last_of(":/_") + 1)); }

constexpr std::array<Spelling, 4> kSpellings{
    {{"zeros at the start", without_leading_zeros},
     {"capital letters", in_small_letters},
     {"punctuation", letters_and_digits},
     {"what stands before the last ':', '/' or '_'", behind_prefix}}};

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

std::optional<std::uint32_t> IdMatching::note(std::string_view id, std::optional<std::uint32_t> position) {
  ++match_.described;
  if (position) {
    met_[*position] = true;
  } else {
    ++match_.idle;
    if (unused_.size() < kTried) unused_.emplace_back(id);
  }
  return position;
}

/// Tells how ids that do not meet would.
std::string IdMatching::hint() const {
  for (const Spelling& spelling : kSpellings) {
    std::unordered_set<std::string> missing;
    for (std::size_t position = 0; position < met_.size(); ++position) {
      if (!met_[position]) missing.insert(spelling.of(ids_[position]));
    }
    const auto meets = [&](const std::string& id) { return missing.contains(spelling.of(id)); };
    const auto count = std::ranges::count_if(unused_, meets);
    if (2 * static_cast<std::size_t>(count) < unused_.size() || count == 0) continue;
    return fmt::format("{} of {} would meet without {}", count, unused_.size(), spelling.without);
  }
  return {};
}

IdMatch IdMatching::result() const {
  IdMatch match = match_;
  match.met = static_cast<std::size_t>(std::ranges::count(met_, true));
  for (std::size_t position = 0; position < met_.size() && match.missing.size() < IdMatch::kShown;
       ++position) {
    if (!met_[position]) match.missing.push_back(ids_[position]);
  }
  for (const std::string& id : unused_) {
    if (match.unused.size() < IdMatch::kShown) match.unused.push_back(to_valid_utf8(id));
  }
  if (2 * match.met < match.items) match.hint = hint();
  return match;
}

}  // namespace throng
