#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "recsys/data/dataset.h"

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

}  // namespace throng
