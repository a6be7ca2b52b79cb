#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"

namespace throng {

/// What a source means by several rows of one user and item.
enum class Repeats {
  latest,  ///< the one with the greatest time counts, the last of those in the file
  sum,     ///< their ratings are amounts, which add up; the time is the latest
};

/// Gathers interactions of a source that names users and items by texts. Both are numbered as they first occur.
class InteractionLog {
 public:
  /// Adds a row. Returns why it is malformed, or an empty string: ids must not be blank, and valid UTF-8.
  std::string add(std::string_view user, std::string_view item, float rating, std::int64_t time);

  const ExternalIds& users() const { return users_; }
  const ExternalIds& items() const { return items_; }
  std::size_t size() const { return rows_.size(); }

  /// The rows by user and item, every pair once.
  std::vector<Interaction> take_rows(Repeats repeats);
  /// How many rows take_rows() has left out or added to others.
  std::size_t repeated() const { return repeated_; }

 private:
  static std::string check(std::string_view id, const char* noun);

  ExternalIds users_;
  ExternalIds items_;
  std::vector<Interaction> rows_;
  std::size_t repeated_ = 0;
};

}  // namespace throng
