#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"

namespace throng {

/// Gathers the items of a source that numbers them.
class ItemTable {
 public:
  /// `genres` are names separated by '|'. The item's external id and genres are set here. False, and nothing
  /// is added, if there is such an id already.
  bool add(std::uint32_t id, Item item, std::string_view genres);

  /// The catalogue, by id ascending, with the genres in alphabetical order. `ids` receives the ids in that
  /// order.
  Catalogue make_catalogue(std::vector<std::uint32_t>& ids) &&;

 private:
  struct Row {
    std::uint32_t id;
    Item item;
    std::string genres;
  };
  std::vector<Row> rows_;
  std::unordered_set<std::uint32_t> known_;
};

/// The year of "Title (1995)": the last four digits in parentheses; 0 if there are none.
int year_in_title(std::string_view title);

/// The items of a source that describes them somewhere else than where it counts them.
class DescribedItems {
 public:
  explicit DescribedItems(const ExternalIds& ids);

  std::size_t size() const { return items_.size(); }
  /// For title, year and stated mean rating. Genres are added below.
  Item& operator[](std::uint32_t id) { return items_[id]; }
  /// Blank names are passed over. A '|', which a dataset folder cannot hold in a genre, becomes a '/'.
  void add_genre(std::uint32_t id, std::string_view name);

  /// The catalogue. Of the names of genres only the most common are kept (`most_genres`, ties by name), in alphabetical
  /// order: shops have thousands, and no taste can be told from those of a few items each.
  Catalogue make_catalogue() &&;

  static constexpr std::size_t most_genres = 40;

 private:
  std::vector<Item> items_;  ///< their genres are numbers of names_
  ExternalIds names_;
};

}  // namespace throng
