#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// Finds items of a catalogue by words: of its genres, and of titles. Immutable, safe to use from any thread.
class CatalogueSearch {
 public:
  /// `popularity`: how many interactions each item has. `catalogue` may go.
  CatalogueSearch(const Catalogue& catalogue, std::span<const std::uint32_t> popularity);

  /// At most `most` of the items that `may_be_shown`. Which match: those with any of the query's words, case and accents aside, in
  /// their title or their genres; words are compared by their first five letters, so that "comedies" finds comedies, and
  /// words such as "the" and "films" find nothing. Those with the most words come first, then the more popular, then the lower ids.
  std::vector<ItemId> find(std::string_view query, std::size_t most,
                           const std::function<bool(ItemId)>& may_be_shown) const;

 private:
  using Places = std::vector<std::uint32_t>;  ///< in `by_popularity_`, ascending

  std::vector<ItemId> by_popularity_;
  std::unordered_map<std::string, Places> places_of_;  ///< by the beginning of a word
};

}  // namespace throng
