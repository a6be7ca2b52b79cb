#include "agents/minds/title_match.h"

#include <algorithm>
#include <utility>

#include "agents/minds/edit_distance.h"
#include "agents/minds/folded_words.h"
#include "recsys/data/text.h"

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

bool has_lost_letters(std::string_view text) { return text.find(kLostLetters) != std::string_view::npos; }

/// Whether `text` is `pattern` with anything in place of its lost letters, up to four bytes each on average.
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

std::string lower(std::string_view text) {
  std::string result(trimmed(text));
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// "Babe (1995)" -> "Babe".
std::string_view without_year(std::string_view title) {
  constexpr std::size_t length = 6;
  title = trimmed(title);
  if (title.size() <= length || !title.ends_with(')') || title[title.size() - length] != '(') return title;
  return title.substr(0, title.size() - length);
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// "2. Babe" -> "Babe"; the same text if it has no number in front.
std::string_view without_numbering(std::string_view text) {
  text = trimmed(text);
  const std::size_t start = text.starts_with('#') ? 1 : 0;
  std::size_t end = start;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  if (end == start || end - start > 3 || end == text.size()) return text;
  if (start == 0 && text[end] != '.' && text[end] != ')' && text[end] != ':') return text;
  return trimmed(text.substr(end + 1));
}

/// `Babe" - a family film` -> `Babe`: what stands before the first closing quote or markdown.
std::string_view before_closing_quote(std::string_view text) {
  for (const std::string_view mark : {"\"", "**", "\xE2\x80\x9D", "\xC2\xBB"}) {
    const std::size_t end = text.find(mark, text.starts_with(mark) ? mark.size() : 0);
    if (end != std::string_view::npos) return text.substr(0, end);
  }
  return text;
}

}  // namespace

TitleMatcher::TitleMatcher(std::span<const std::string> titles) {
  for (std::size_t position = 0; position < titles.size(); ++position) {
    Item item{.title = read_title(titles[position])};
    item.canonical_parts = canonical_parts(item.title.name);
    items_.push_back(std::move(item));
    const Title& title = items_.back().title;
    verbatim_[lower(titles[position])].push_back({Form::verbatim, position});
    verbatim_[lower(without_year(titles[position]))].push_back({Form::verbatim, position});
    spelled_[compact(title.all_words)].push_back({Form::whole, position});
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
    if (has_lost_letters(key)) items_[position].lossy.push_back(key);
  };
  add(spelled_, compact(joined(name.article, words)), full);
  if (!name.article.empty()) {
    add(spelled_, compact(joined(words, name.article)), full);
    add(spelled_, compact(words), bare);
  }
  add(canonical_, compact(canonical_words(words)), canonical);
  if (is_other) add(spelled_, compact(joined(joined(title.name.article, title.name.words()), words)), full);
}

/// Every choice of the name's parts that leaves something out, but a sequel's number alone.
void TitleMatcher::add_parts(const TitleName& name, std::size_t position) {
  constexpr std::size_t most = 4;
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

std::vector<TitleMatcher::Entry> TitleMatcher::named(const Title& text, const std::string& verbatim) const {
  std::vector<Entry> found;
  const auto look_up = [&](const Forms& forms, const std::string& key, Form closest) {
    const auto entries = forms.find(key);
    if (key.empty() || entries == forms.end()) return;
    for (const Entry& entry : entries->second)
      found.push_back({std::max(entry.form, closest), entry.position});
  };
  const Words words = text.name.words();
  const std::string full = compact(joined(text.name.article, words));
  const std::string bare = compact(words);
  look_up(verbatim_, verbatim, Form::verbatim);
  look_up(spelled_, compact(text.all_words), Form::whole);
  look_up(spelled_, full, Form::name);
  look_up(spelled_, bare, text.name.article.empty() ? Form::name : Form::without_article);
  look_up(canonical_, compact(canonical_words(words)), Form::canonical);
  look_up(canonical_, compact(canonical_words(text.all_words)), Form::canonical);
  for (std::size_t position = 0; position < items_.size(); ++position) {
    const auto fits_text = [&](const std::string& pattern) {
      return fits(pattern, full) || fits(pattern, bare);
    };
    if (std::ranges::any_of(items_[position].lossy, fits_text)) found.push_back({Form::lossy, position});
  }
  look_up(parts_, compact(canonical_words(words)), Form::parts);
  return found;
}

std::vector<std::size_t> TitleMatcher::broken_off(const Words& text) const {
  Positions found;
  if (text.size() < 2 || only_numbers(text)) return found;
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

std::vector<std::size_t> TitleMatcher::match_as_is(std::string_view text, Freedom freedom) const {
  const Title title = read_title(text);
  if (freedom == Freedom::name && title.has_remark) return {};
  std::vector<Entry> entries = named(title, lower(text.substr(0, kLongestTitle)));
  if (freedom == Freedom::name) {
    std::erase_if(entries, [](const Entry& entry) { return entry.form == Form::parts; });
  }
  Positions found;
  if (!entries.empty()) {
    const Form closest = std::ranges::min(entries, {}, &Entry::form).form;
    const auto has_year = [&](const Entry& entry) { return items_[entry.position].title.year == title.year; };
    const bool year_agrees =
        std::ranges::any_of(entries, [&](const Entry& e) { return e.form == closest && has_year(e); });
    for (const Entry& entry : entries) {
      const bool is_close = entry.form == closest;
      // A looser form with the right year casts doubt on a closer one with another.
      const bool counts = !title.year || closest <= Form::whole ? is_close
                          : year_agrees                         ? is_close && has_year(entry)
                                                                : is_close || has_year(entry);
      if (counts) found.push_back(entry.position);
    }
  } else if (freedom == Freedom::shortened) {
    const Words canonical = canonical_words(title.name.words());
    found = broken_off(canonical);
    if (found.empty()) found = mistyped(compact(canonical));
    if (found.size() > 1 && title.year) {
      Positions of_year;
      std::ranges::copy_if(found, std::back_inserter(of_year),
                           [&](std::size_t position) { return items_[position].title.year == title.year; });
      if (!of_year.empty()) found = std::move(of_year);
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<std::size_t> TitleMatcher::match(std::string_view text, Freedom freedom) const {
  const std::string_view plain = without_numbering(text);
  Positions found = match_as_is(text, freedom);
  if (found.empty()) found = match_as_is(plain, freedom);
  if (found.empty() && freedom == Freedom::shortened)
    found = match_as_is(before_closing_quote(plain), freedom);
  return found;
}

}  // namespace throng
