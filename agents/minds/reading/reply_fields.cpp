#include "agents/minds/reading/reply_fields.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::size_t kLongestWord = 12;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

std::optional<FieldKind> kind_of(std::string_view word) {
  using enum FieldKind;
  static constexpr std::array<std::pair<std::string_view, FieldKind>, 63> words{{
      {"movie", item},        {"movies", item},       {"film", item},          {"item", item},
      {"title", item},        {"name", item},         {"book", item},          {"game", item},
      {"song", item},         {"track", item},        {"album", item},         {"artist", item},
      {"show", item},         {"series", item},       {"anime", item},         {"product", item},
      {"restaurant", item},   {"place", item},        {"business", item},      {"video", item},
      {"article", item},      {"podcast", item},      {"recipe", item},        {"course", item},
      {"align", align},       {"aligns", align},      {"aligned", align},      {"alignment", align},
      {"reason", reason},     {"reasons", reason},    {"reasoning", reason},   {"explanation", reason},
      {"rationale", reason},  {"why", reason},        {"num", count},          {"number", count},
      {"count", count},       {"watch", watch},       {"watched", watch},      {"watching", watch},
      {"view", watch},        {"viewed", watch},      {"choose", watch},       {"chosen", watch},
      {"read", watch},        {"play", watch},        {"listen", watch},       {"buy", watch},
      {"purchase", watch},    {"visit", watch},       {"rating", rating},      {"rate", rating},
      {"score", rating},      {"stars", rating},      {"feeling", feeling},    {"feelings", feeling},
      {"aftermath", feeling}, {"emotion", feeling},   {"impression", feeling}, {"decision", decision},
      {"action", decision},   {"positive", positive}, {"negative", negative},
  }};
  if (word.size() > kLongestWord) return std::nullopt;
  const std::string key = lower_case(std::string(word));
  const auto* found = std::ranges::find(words, key, &std::pair<std::string_view, FieldKind>::first);
  if (found == words.end()) return std::nullopt;
  return found->second;
}

/// Words that may stand before a label as part of it.
bool is_qualifier(std::string_view word) {
  static constexpr std::array<std::string_view, 5> words{"my", "the", "your", "overall", "final"};
  return word.size() <= kLongestWord &&
         std::ranges::find(words, lower_case(std::string(word))) != words.end();
}

/// The bytes of an ASCII character, or of a whole UTF-8 sequence, that end before `end`.
std::size_t last_length(std::string_view text, std::size_t end) {
  std::size_t length = 1;
  while (length < 4 && length < end && (static_cast<unsigned char>(text[end - length]) & 0xC0U) == 0x80U)
    ++length;
  return length;
}

/// Whether a character of a line decorates: white space, markdown, quotes, brackets, and what is beyond the letters of
/// the world's scripts in UTF-8 (bullets, arrows, dashes, emoji: U+2000 .. U+2BFF, U+1F000 ..).
bool decorates(std::string_view character) {
  if (character.size() == 1)
    return std::string_view(" \t\r\v\f*_`\"'#>~|+-.,;:=").find(character) != std::string_view::npos;
  const auto first = static_cast<unsigned char>(character[0]);
  const auto second = static_cast<unsigned char>(character[1]);
  if (first == 0xC2) return second == 0xA0 || second == 0xAB || second == 0xBB || second == 0xB7;
  if (first == 0xE2) return second <= 0xAF;
  if (first == 0xE3) {  // of U+3000 .. U+301F, what is no letter; U+30FB
    const auto third = static_cast<unsigned char>(character[2]);
    return (second == 0x80 && (third <= 0x83 || (third >= 0x88 && third <= 0x9F))) ||
           (second == 0x83 && third == 0xBB);
  }
  return first == 0xF0 && second == 0x9F;
}

std::size_t first_length(std::string_view text) {
  std::size_t length = 1;
  while (length < 4 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
    ++length;
  return length;
}

/// Without a number and its full stop or bracket in front.
std::string_view without_number(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < 4 && is_digit(text[digits])) ++digits;
  if (digits == 0 || digits == text.size() || (text[digits] != '.' && text[digits] != ')')) return text;
  return text.substr(digits + 1);
}

/// What stands before a label, without numbering and decoration.
std::string_view text_before(std::string_view line, std::size_t label) {
  return without_decoration(without_number(without_decoration(line.substr(0, label))));
}

struct Label {
  FieldKind kind;
  std::size_t start;  ///< in the line
  std::size_t end;    ///< behind the colon
};

/// Finds the labels of one line, left to right.
class LabelFinder {
 public:
  explicit LabelFinder(std::string_view line) : line_(line) {}

  std::vector<Label> labels() {
    for (std::size_t at = 0; at < line_.size(); ++at) {
      const std::size_t length = colon_at(at);
      if (length == 0) continue;
      if (const std::optional<Label> label = label_before(at, at + length)) found_.push_back(*label);
      at += length - 1;
    }
    drop_title();
    return std::move(found_);
  }

 private:
  /// The length of a colon or what stands for one at `at`.
  std::size_t colon_at(std::size_t at) const {
    if (line_[at] == ':' || line_[at] == '=') return 1;
    if (line_.substr(at).starts_with("\xEF\xBC\x9A")) return 3;  // U+FF1A
    return is_dash(at) ? 1 : 0;
  }

  /// A dash in place of a colon: "RATING - 4". Behind capitals only.
  bool is_dash(std::size_t at) const {
    return line_[at] == '-' && at >= 3 && line_[at - 1] == ' ' && is_capital(line_[at - 2]) &&
           is_capital(line_[at - 3]);
  }

  /// In "The Game: RATING: 4" and "Child's Play - RATING: 4" the word before the first mark is a title's and announces
  /// nothing.
  void drop_title() {
    if (found_.size() < 2) return;
    const std::string_view value = line_.substr(found_[0].end, found_[1].start - found_[0].end);
    if (!without_decoration(value).empty()) return;
    if (found_[0].kind == FieldKind::item || !text_before(line_, found_[0].start).empty())
      found_.erase(found_.begin());
  }

  std::size_t previous_end() const { return found_.empty() ? 0 : found_.back().end; }

  /// Goes back over `characters`.
  std::size_t back_over(std::size_t end, std::string_view characters) const {
    while (end > previous_end() && characters.find(line_[end - 1]) != std::string_view::npos) --end;
    return end;
  }

  std::size_t word_start(std::size_t end) const {
    std::size_t start = end;
    while (start > previous_end() && end - start <= kLongestWord && is_letter(line_[start - 1])) --start;
    return start;
  }

  std::optional<Label> label_before(std::size_t colon, std::size_t end) const {
    const std::size_t number_end = back_over(colon, " \t*_`\"'");
    std::size_t word_end = number_end;
    while (word_end > previous_end() && number_end - word_end < 3 && is_digit(line_[word_end - 1]))
      --word_end;
    const bool numbered = word_end < number_end;  // "MOVIE 1:"
    if (numbered) word_end = back_over(word_end, " #");
    const std::size_t word_at = word_start(word_end);
    const std::string_view word = line_.substr(word_at, word_end - word_at);
    const std::optional<FieldKind> kind = kind_of(word);
    if (line_[colon] == '-' && !std::ranges::all_of(word, is_capital)) return std::nullopt;
    if (!kind || (numbered && *kind != FieldKind::item)) return std::nullopt;
    std::size_t start = with_qualifiers(word_at, *kind);
    if (!opens(start)) start = word_at;
    if (!stands_free(start, word, *kind)) return std::nullopt;
    return Label{.kind = *kind, .start = start, .end = end};
  }

  /// "MOVIE NAME", "My rating": the label's start with the words before it that belong to it.
  std::size_t with_qualifiers(std::size_t start, FieldKind kind) const {
    for (int words = 0; words < 2; ++words) {
      const std::size_t before_end = back_over(start, " ");
      if (before_end == start) return start;
      const std::size_t before = word_start(before_end);
      const std::string_view word = line_.substr(before, before_end - before);
      const bool belongs =
          is_qualifier(word) || (kind == FieldKind::item && kind_of(word) == FieldKind::item);
      if (!belongs) return start;
      start = before;
    }
    return start;
  }

  /// Whether the line or what follows a separator starts there.
  bool opens(std::size_t start) const {
    const std::size_t at = decoration_start(start);
    return at == 0 || line_.substr(at, start - at).find_first_of(";|{") != std::string_view::npos;
  }

  /// Whether a label may start there: see reply_fields.
  bool stands_free(std::size_t start, std::string_view word, FieldKind kind) const {
    if (start > 0 && (is_letter(line_[start - 1]) || is_digit(line_[start - 1]))) return false;
    const std::size_t at = decoration_start(start);
    const std::string_view decoration = line_.substr(at, start - at);
    const bool in_title = !found_.empty() && found_.back().kind == FieldKind::item;
    if (at == previous_end() && !in_title) return true;
    if (decoration.find_first_of(";|{") != std::string_view::npos || only_numbering(at, decoration))
      return true;
    const bool in_titles = in_title || (!found_.empty() && found_.back().kind == FieldKind::watch);
    if (in_titles && kind == FieldKind::item) return false;  // "Pokemon: The Movie: 2000"
    if (std::ranges::all_of(word, is_capital)) return true;
    const bool behind_comma = decoration.find(',') != std::string_view::npos;
    const bool behind_mark = decoration.find_first_of(".-") != std::string_view::npos ||
                             decoration.size() > 2 || line_[at - 1] == ')' || line_[at - 1] == ']';
    return kind != FieldKind::item && (behind_comma || (behind_mark && is_capital(word.front())));
  }

  std::size_t decoration_start(std::size_t end) const {
    while (end > previous_end()) {
      const std::size_t length = last_length(line_, end);
      const std::string_view character = line_.substr(end - length, length);
      if (!decorates(character) && character != "(" && character != "[" && character != "{") break;
      end -= length;
    }
    return end;
  }

  /// "2. MOVIE:", "(3) MOVIE:", "a) MOVIE:": whether a number or a letter is all that stands before the decoration.
  bool only_numbering(std::size_t end, std::string_view decoration) const {
    if (!found_.empty()) return false;
    std::size_t at = end;
    if (at > 0 && (line_[at - 1] == ')' || line_[at - 1] == ']')) --at;
    const bool marked = at < end || decoration.starts_with('.') || decoration.starts_with(':');
    const std::size_t digits_end = at;
    while (at > 0 && digits_end - at < 4 && is_digit(line_[at - 1])) --at;
    if (at == digits_end && at > 0 && is_letter(line_[at - 1])) --at;  // "a)"
    std::string_view rest = without_decoration(line_.substr(0, at));
    if (rest == "(" || rest == "[") rest = {};
    return marked && at < digits_end && rest.empty();
  }

  std::string_view line_;
  std::vector<Label> found_;
};

/// Gives a value to a last label that has none; false if there is no such label.
bool close_open_field(std::vector<ReplyField>& fields, std::string_view value) {
  if (fields.empty() || !fields.back().is_open) return false;
  fields.back().value = value;
  fields.back().is_open = false;
  return true;
}

void read_line(std::string_view line, std::size_t number, std::vector<ReplyField>& fields) {
  const std::vector<Label> labels = LabelFinder(line).labels();
  if (labels.empty()) {
    const std::string_view text = without_decoration(line);
    if (text.empty()) return;
    if (!close_open_field(fields, text)) {
      fields.push_back({.kind = FieldKind::text, .value = text, .line = number});
    }
    return;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t end = i + 1 < labels.size() ? labels[i + 1].start : line.size();
    const std::string_view value = line.substr(labels[i].end, end - labels[i].end);
    ReplyField field{.kind = labels[i].kind,
                     .value = without_decoration(value),
                     .line = number,
                     .is_open = value.find_first_not_of(" \t\r*_`\"") == std::string_view::npos};
    if (i == 0) {
      field.before = text_before(line, labels[0].start);
      if (!field.before.empty() && close_open_field(fields, field.before)) field.before = {};
    }
    fields.push_back(field);
  }
}

}  // namespace

std::string_view without_decoration(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = first_length(text);
    const bool is_sign = text.front() == '-' && text.size() > 1 && is_digit(text[1]);
    if (is_sign || !decorates(text.substr(0, length))) break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    const std::size_t length = last_length(text, text.size());
    const std::string_view last = text.substr(text.size() - length);
    if (!decorates(last) || last == ".") break;  // "Say Anything..."
    text.remove_suffix(length);
  }
  return text;
}

std::vector<ReplyField> reply_fields(std::string_view reply) {
  std::vector<ReplyField> fields;
  std::size_t number = 0;
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find('\n'), reply.size());
    read_line(reply.substr(0, end), number++, fields);
    reply.remove_prefix(std::min(end + 1, reply.size()));
  }
  return fields;
}

}  // namespace throng
