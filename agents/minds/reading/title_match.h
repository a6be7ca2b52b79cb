#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agents/minds/reading/title_text.h"

namespace throng {

/// How freely a text may name an item. Each takes what the ones before it take.
enum class Freedom : std::uint8_t {
  /// The whole name, or another name in brackets: with or without its year, articles at either end or left out, other
  /// case, accents, punctuation, or spelling of numbers.
  name,
  /// Also with a remark behind its year or quotes, and shortened: subtitles left out ("Star Wars", "A New Hope"), a name
  /// broken off after two words or more, or mistyped by a letter or two. Never by leaving out or changing a number: "Toy
  /// Story" is not "Toy Story 2".
  shortened,
};

/// Finds the item of a page that a text means: the one it names most closely. A year in brackets decides among equals. A text
/// that names none as a whole may be a name and its translation ("港口 (The Harbour)").
/// Texts and titles are read as far as 400 bytes.
class TitleMatcher {
 public:
  explicit TitleMatcher(std::span<const std::string> titles);

  /// The positions that `text` may mean, ascending: one if it is clear, none if it names no item of the page, several
  /// if it could be any of them. Quotes, markdown and numbering around `text` are no part of it.
  std::vector<std::size_t> match(std::string_view text, Freedom freedom = Freedom::shortened) const;

 private:
  using Words = std::vector<std::string>;
  using Positions = std::vector<std::size_t>;

  /// How closely a form follows its title, the closest first.
  enum class Form : std::uint8_t {
    verbatim,  ///< but for case, and the year
    whole,
    name,
    without_article,
    other_name,
    canonical,
    canonical_other,
    lossy,
    parts
  };

  /// A place where a form is known from; `form` is the closest.
  struct Entry {
    Form form;
    std::size_t position;
  };
  using Forms = std::unordered_map<std::string, std::vector<Entry>>;

  struct Item {
    Title title;
    std::vector<Words> canonical_parts;  ///< of the name
    std::vector<std::string> lossy;      ///< compact forms with lost letters
  };

  void add_name(const Title& title, const TitleName& name, std::size_t position, bool is_other);
  void add_all_names(const Title& title, std::size_t position);
  void add_parts(const TitleName& name, std::size_t position);
  /// The items that `text` names most closely, in any order; may hold an item twice.
  std::vector<Entry> named(std::string_view text, Freedom freedom) const;
  std::vector<Entry> closest_of(std::vector<Entry> entries, std::optional<int> year) const;
  Positions shortened(std::string_view text) const;
  Positions broken_off(const Words& text) const;
  Positions mistyped(const std::string& text) const;
  Positions translated(std::string_view text, Freedom freedom) const;

  std::vector<Item> items_;
  Forms verbatim_;   ///< by the text itself
  Forms spelled_;    ///< by compact words
  Forms canonical_;  ///< by compact canonical words
  Forms parts_;      ///< by compact canonical words
};

/// Cuts a list such as "Fugitive, The; Speed" or "Little Mermaid, The, Casablanca and Babe" where the pieces name items
/// of the page: at semicolons, commas (also those of Chinese), "and", and bars or strokes between blanks. What names no item is a piece too, unless it says "none".
std::vector<std::string_view> titles_in(std::string_view list, const TitleMatcher& matcher);

}  // namespace throng
