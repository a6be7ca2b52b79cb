#include "agents/pages/catalogue_search.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agents/minds/reading/folded_words.h"

namespace throng {
namespace {

/// Words that people put around what they look for, and what all items are: "comedy films" are no films noirs.
constexpr std::array<std::string_view, 41> kSayNothing{
    "a",         "about", "an",    "and",    "any",   "are",   "at",   "book", "books", "by",     "film",
    "films",     "for",   "from",  "game",   "games", "have",  "i",    "in",   "is",    "it",     "like",
    "me",        "more",  "movie", "movies", "my",    "of",    "on",   "or",   "other", "search", "some",
    "something", "that",  "the",   "to",     "want",  "which", "with", "would"};

/// What words are compared by.
std::string beginning_of(const std::string& word) {
  constexpr std::size_t bytes =
      5;  // of folded words, which are letters and digits; longer ones in other scripts
  std::size_t end = std::min(word.size(), bytes);
  while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) ++end;
  return word.substr(0, end);
}

/// Each once.
std::vector<std::string> beginnings(std::string_view text) {
  std::vector<std::string> all;
  for (const std::string& word : folded_words(text)) {
    if (std::ranges::find(kSayNothing, word) == kSayNothing.end()) all.push_back(beginning_of(word));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string searched_text(const Item& item, const Catalogue& catalogue) {
  std::string text = item.title;
  for (const GenreId genre : item.genres) text += ' ' + catalogue.genre_names[index(genre)];
  return text;
}

/// A place, and how many of the words are found there; the most words first.
std::vector<std::uint32_t> in_order(std::vector<std::uint32_t> places) {
  std::ranges::sort(places);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;  // words missing, place
  for (const std::uint32_t place : places) {
    if (found.empty() || found.back().second != place) found.emplace_back(~0U, place);
    --found.back().first;
  }
  std::ranges::sort(found);
  std::ranges::transform(found, places.begin(), &std::pair<std::uint32_t, std::uint32_t>::second);
  places.resize(found.size());
  return places;
}

}  // namespace

CatalogueSearch::CatalogueSearch(const Catalogue& catalogue, std::span<const std::uint32_t> popularity) {
  by_popularity_.resize(catalogue.size());
  for (std::size_t item = 0; item < catalogue.size(); ++item) by_popularity_[item] = ItemId(item);
  std::ranges::stable_sort(by_popularity_, std::ranges::greater{},
                           [&](ItemId item) { return popularity[index(item)]; });
  for (std::uint32_t place = 0; place < by_popularity_.size(); ++place) {
    for (std::string& word : beginnings(searched_text(catalogue[by_popularity_[place]], catalogue)))
      places_of_[std::move(word)].push_back(place);
  }
}

std::vector<ItemId> CatalogueSearch::find(std::string_view query, std::size_t most,
                                          const std::function<bool(ItemId)>& may_be_shown) const {
  Places merged;
  const Places* one = nullptr;  // a genre's are many, in order as they are
  std::size_t words = 0;
  for (const std::string& word : beginnings(query)) {
    const auto found = places_of_.find(word);
    if (found == places_of_.end()) continue;
    one = &found->second;
    ++words;
    merged.insert(merged.end(), one->begin(), one->end());
  }
  if (words != 1) {
    merged = in_order(std::move(merged));
    one = &merged;
  }
  std::vector<ItemId> items;
  for (auto place = one->begin(); place != one->end() && items.size() < most; ++place) {
    if (may_be_shown(by_popularity_[*place])) items.push_back(by_popularity_[*place]);
  }
  return items;
}

}  // namespace throng
