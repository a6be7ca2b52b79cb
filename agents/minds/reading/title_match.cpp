#include "agents/minds/reading/title_match.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "agents/minds/reading/folded_words.h"
#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "agents/minds/reading/title_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

using Words = std::vector<std::string>;

Words joined(const Words& first, const Words& second) {
  Words words = first;
  words.insert(words.end(), second.begin(), second.end());
  return words;
}

Words flat(const std::vector<Words>& parts) {
  Words words;
  for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
  return words;
}

std::vector<Words> canonical_parts(const TitleName& name) {
  std::vector<Words> parts;
  for (const Words& part : name.parts) {
    if (Words canonical = canonical_words(part); !canonical.empty()) parts.push_back(std::move(canonical));
  }
  return parts;
}

/// Whether a text has lost letters, and enough others to be told by: datasets and models lose what their encoding cannot write
/// ("Am?lie").
bool can_be_completed(std::string_view text) {
  constexpr std::size_t enough = 3;
  const auto lost = static_cast<std::size_t>(std::ranges::count(text, kLostLetters));
  return lost > 0 && text.size() - lost >= enough;
}

/// Whether `text` is `pattern` with anything in place of its lost letters, up to four bytes each on average (the longest letter of
/// UTF-8). One place to come back to is enough, as for "*" in file names: whatever an earlier gap could take, the last one can.
bool fits(std::string_view pattern, std::string_view text) {
  constexpr std::size_t longest = 4;
  const auto lost = static_cast<std::size_t>(std::ranges::count(pattern, kLostLetters));
  const std::size_t kept = pattern.size() - lost;
  if (text.size() < kept || text.size() > kept + longest * lost) return false;
  std::size_t at = 0;
  std::size_t after_lost = std::string_view::npos;  // in the pattern, behind the last lost letters
  std::size_t resume = 0;                           // in the text, where they end at the earliest
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == kLostLetters) {
      after_lost = ++at;
      resume = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (after_lost != std::string_view::npos) {
      at = after_lost;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == kLostLetters) ++at;
  return at == pattern.size();
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// Longer pieces are no lists of titles but prose.
constexpr std::size_t kMostPieces = 200;

/// The length of the mark at the start of `text` that may stand between two titles.
std::size_t separator_at(std::string_view text) {
  for (const std::string_view mark : {";", ",", " and ", " & ", " / ", " | ", "\n", "、", "，"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

struct Piece {
  std::size_t start;
  std::size_t end;
};

std::vector<Piece> pieces_of(std::string_view list) {
  std::vector<Piece> pieces;
  std::size_t start = 0;
  for (std::size_t at = 0; at < list.size() && pieces.size() < kMostPieces;) {
    const std::size_t length = separator_at(list.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    pieces.push_back({start, at});
    at += length;
    start = at;
  }
  pieces.push_back({start, list.size()});
  return pieces;
}

}  // namespace

TitleMatcher::TitleMatcher(std::span<const std::string> titles) {
  for (std::size_t position = 0; position < titles.size(); ++position) {
    Item item{.title = read_title(titles[position])};
    item.canonical_parts = canonical_parts(item.title.name);
    items_.push_back(std::move(item));
    const Title& title = items_.back().title;
    for (const std::string_view text : {std::string_view(titles[position]), without_year(titles[position]),
                                        before_brackets(titles[position])}) {
      verbatim_[verbatim_key(text)].push_back({Form::verbatim, position});
    }
    spelled_[compact(title.all_words)].push_back({Form::whole, position});
    add_all_names(title, position);
    add_name(title, title.name, position, false);
    add_parts(title.name, position);
    for (const TitleName& other : title.other_names) {
      add_name(title, other, position, true);
      add_parts(other, position);
    }
  }
}

void TitleMatcher::add_name(const Title& title, const TitleName& name, std::size_t position, bool is_other) {
  const Words words = name.words();
  if (words.empty()) return;
  const Form full = is_other ? Form::other_name : Form::name;
  const Form bare = is_other ? Form::other_name : Form::without_article;
  const Form canonical = is_other ? Form::canonical_other : Form::canonical;
  const auto add = [&](Forms& forms, const std::string& key, Form form) {
    if (key.empty()) return;
    forms[key].push_back({form, position});
    if (title.year) forms[key + std::to_string(*title.year)].push_back({form, position});
    if (can_be_completed(key)) items_[position].lossy.push_back(key);
  };
  add(spelled_, compact(joined(name.article, words)), full);
  if (!name.article.empty()) {
    add(spelled_, compact(joined(words, name.article)), full);
    add(spelled_, compact(words), bare);
  }
  add(canonical_, compact(canonical_words(words)), canonical);
  if (is_other) add(canonical_, compact(canonical_words(joined(title.name.words(), words))), canonical);
}

/// All names in a row, as in "Postino Il The Postman", for texts without the brackets.
void TitleMatcher::add_all_names(const Title& title, std::size_t position) {
  Words words = title.all_words;
  if (title.year && !words.empty() && words.back() == std::to_string(*title.year)) {
    canonical_[compact(canonical_words(words))].push_back({Form::canonical, position});
    words.pop_back();
  }
  canonical_[compact(canonical_words(words))].push_back({Form::canonical, position});
}

/// Every choice of the name's parts that leaves something out, but a sequel's number alone: without it the text names the first film
/// ("Toy Story" for "Toy Story 2").
void TitleMatcher::add_parts(const TitleName& name, std::size_t position) {
  constexpr std::size_t most = 4;  // the choices double with each
  const std::vector<Words> parts = canonical_parts(name);
  const std::size_t count = std::min(parts.size(), most);
  for (std::uint32_t choice = 1; choice + 1 < (1U << count); ++choice) {
    Words kept;
    Words after;  // left out behind the last one kept
    bool leaves_out_before = false;
    for (std::size_t part = 0; part < count; ++part) {
      if ((choice >> part & 1U) != 0) {
        leaves_out_before = leaves_out_before || !after.empty();
        after.clear();
        kept = joined(kept, parts[part]);
      } else {
        after = joined(after, parts[part]);
      }
    }
    const bool only_number_left_out = !leaves_out_before && only_numbers(after);
    if (only_numbers(kept) || only_number_left_out) continue;
    parts_[compact(kept)].push_back({Form::parts, position});
  }
}

std::vector<TitleMatcher::Entry> TitleMatcher::named(std::string_view text, Freedom freedom) const {
  const Title title = read_title(text);
  std::vector<Entry> found;
  if (freedom == Freedom::name && title.has_remark) return found;
  const auto look_up = [&](const Forms& forms, const std::string& key, Form closest) {
    const auto entries = forms.find(key);
    if (key.empty() || entries == forms.end()) return;
    for (const Entry& entry : entries->second) {
      found.push_back({std::max(entry.form, closest), entry.position});
    }
  };
  const Words words = title.name.words();
  const std::string full = compact(joined(title.name.article, words));
  const std::string bare = compact(words);
  look_up(verbatim_, verbatim_key(text.substr(0, kLongestTitle)), Form::verbatim);
  look_up(spelled_, compact(title.all_words), Form::whole);
  look_up(spelled_, full, Form::name);
  look_up(spelled_, bare, title.name.article.empty() ? Form::name : Form::without_article);
  look_up(canonical_, compact(canonical_words(words)), Form::canonical);
  look_up(canonical_, compact(canonical_words(title.all_words)), Form::canonical);
  for (std::size_t position = 0; position < items_.size(); ++position) {
    const auto fits_text = [&](const std::string& pattern) {
      return fits(pattern, full) || fits(pattern, bare);
    };
    if (std::ranges::any_of(items_[position].lossy, fits_text)) found.push_back({Form::lossy, position});
  }
  if (freedom == Freedom::shortened) look_up(parts_, compact(canonical_words(words)), Form::parts);
  return closest_of(std::move(found), title.year);
}

std::vector<TitleMatcher::Entry> TitleMatcher::closest_of(std::vector<Entry> entries,
                                                          std::optional<int> year) const {
  if (entries.empty()) return entries;
  // Forms and not a distance: that a name was given whole says more than how few letters it lacks.
  const Form closest = std::ranges::min(entries, {}, &Entry::form).form;
  const auto is_close = [&](const Entry& entry) { return entry.form == closest; };
  const auto has_year = [&](const Entry& entry) { return items_[entry.position].title.year == year; };
  const bool year_decides = year && std::ranges::any_of(entries, [&](const Entry& entry) {
                              return is_close(entry) && has_year(entry);
                            });
  std::erase_if(entries, [&](const Entry& entry) {
    if (year_decides) return !is_close(entry) || !has_year(entry);
    // A looser form with the right year casts doubt on a closer one with another.
    return !is_close(entry) && !(year && closest > Form::whole && has_year(entry));
  });
  return entries;
}

std::vector<std::size_t> TitleMatcher::shortened(std::string_view text) const {
  const Title title = read_title(text);
  const Words words = canonical_words(title.name.words());
  Positions found = broken_off(words);
  if (found.empty()) found = mistyped(compact(words));
  const auto is_of_year = [&](std::size_t position) { return items_[position].title.year == title.year; };
  if (title.year && std::ranges::any_of(found, is_of_year)) std::erase_if(found, std::not_fn(is_of_year));
  return found;
}

std::vector<std::size_t> TitleMatcher::broken_off(const Words& text) const {
  Positions found;
  if (text.size() < 2 || only_numbers(text)) return found;  // one word begins too many titles
  for (std::size_t position = 0; position < items_.size(); ++position) {
    const std::vector<Words>& parts = items_[position].canonical_parts;
    const Words name = flat(parts);
    if (name.size() <= text.size() || !std::equal(text.begin(), text.end(), name.begin())) continue;
    std::size_t end = 0;  // of the part that the text breaks off in
    for (const Words& part : parts) {
      end += part.size();
      if (end > text.size()) break;
    }
    const auto at = [&](std::size_t index) { return name.begin() + static_cast<std::ptrdiff_t>(index); };
    if (!only_numbers(Words(at(text.size()), at(end)))) found.push_back(position);
  }
  return found;
}

std::vector<std::size_t> TitleMatcher::mistyped(const std::string& text) const {
  // Short titles are a letter from each other ("Heat", "Heart"); of a long name two letters are an eighth.
  constexpr std::size_t shortest = 7;
  constexpr std::size_t long_enough_for_two = 16;
  Positions found;
  if (text.size() < shortest) return found;
  const std::size_t edits = text.size() < long_enough_for_two ? 1 : 2;
  for (std::size_t position = 0; position < items_.size(); ++position) {
    const std::string name = compact(flat(items_[position].canonical_parts));
    const bool is_plural = name == text + 's' || text == name + 's';  // "Alien" is not "Aliens"
    if (!is_plural && within_edits(name, text, edits) && digits_of(name) == digits_of(text)) {
      found.push_back(position);
    }
  }
  return found;
}

/// The items that parts of `text` name, of which one may be a translation of the other.
std::vector<std::size_t> TitleMatcher::translated(std::string_view text, Freedom freedom) const {
  const auto how = freedom == Freedom::name ? Translations::marked : Translations::all;
  Positions found;
  for (const std::string_view name : translated_names(text, how)) {
    for (const Entry& entry : named(name, Freedom::name)) found.push_back(entry.position);
  }
  return found;
}

std::vector<std::size_t> TitleMatcher::match(std::string_view text, Freedom freedom) const {
  // From the strictest reading to the freest, and the first that finds anything counts: a freer one finds more, and what it finds
  // besides is chance.
  const std::string_view plain = without_numbering(text);
  const std::string_view cut = before_closing_quote(plain);
  std::vector<Entry> entries = named(text, freedom);
  const bool is_certain = !entries.empty() && entries.front().form <= Form::whole;  // as "9. Rota" may be
  if (plain != text && !is_certain) {
    if (std::vector<Entry> of_plain = named(plain, freedom); !of_plain.empty()) entries = std::move(of_plain);
  }
  if (entries.empty() && freedom == Freedom::shortened) entries = named(cut, freedom);
  Positions found;
  for (const Entry& entry : entries) found.push_back(entry.position);
  if (found.empty() && freedom == Freedom::shortened) found = shortened(plain);
  if (found.empty() && freedom == Freedom::shortened) found = shortened(cut);
  if (found.empty()) found = translated(plain, freedom);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<std::string_view> titles_in(std::string_view list, const TitleMatcher& matcher) {
  constexpr std::size_t most_joined =
      5;  // each run is matched: without a bound a list of n pieces takes n^2 of them
  const std::vector<Piece> pieces = pieces_of(list);
  std::vector<std::string_view> titles;
  for (std::size_t first = 0; first < pieces.size();) {
    // The longest run of pieces that names an item: titles hold commas, semicolons and "and" themselves.
    std::size_t next = first;
    for (std::size_t last = std::min(first + most_joined, pieces.size()); last > first && next == first;
         --last) {
      const std::string_view run =
          without_decoration(list.substr(pieces[first].start, pieces[last - 1].end - pieces[first].start));
      const Freedom freedom = last - first > 1 ? Freedom::name : Freedom::shortened;
      if (run.empty() || matcher.match(run, freedom).empty()) continue;
      titles.push_back(run);
      next = last;
    }
    if (next == first) {
      const std::string_view unknown =
          without_decoration(list.substr(pieces[first].start, pieces[first].end - pieces[first].start));
      if (!says_nothing(unknown)) titles.push_back(unknown);
      next = first + 1;
    }
    first = next;
  }
  return titles;
}

}  // namespace throng
