#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/ids.h"

namespace throng {

/// A user of a dataset: a row of `Users` and of `Interactions`, 0 .. users-1.
enum class UserId : std::uint32_t {};
/// An item of a catalogue: 0 .. items-1, in the order of items.csv.
enum class ItemId : std::uint32_t {};
/// A genre of a catalogue: 0 .. genres-1.
enum class GenreId : std::uint32_t {};

/// One row of interactions.csv.
struct Interaction {
  UserId user{};
  ItemId item{};
  float rating = 0;       ///< 0.5 .. 5; meaningless if the dataset has no ratings
  std::int64_t time = 0;  ///< Unix seconds; meaningless if the dataset has no times

  bool operator==(const Interaction&) const = default;
};

/// Which optional columns a set of interactions carries: all rows have them or none.
struct InteractionColumns {
  bool ratings = false;
  bool times = false;

  bool operator==(const InteractionColumns&) const = default;
};

/// A sparse users x items matrix in compressed rows (CSR): who met what. Immutable; safe to read from any
/// thread.
class Interactions {
 public:
  Interactions() = default;
  /// `rows` in any order. Every (user, item) at most once, ids below `users` and `items`: else
  /// std::invalid_argument (importers find such rows first and name file and line).
  Interactions(std::size_t users, std::size_t items, std::vector<Interaction> rows,
               InteractionColumns columns);

  /// Without ratings and times. User n has the items `items[offsets[n]]` to `items[offsets[n + 1]]`, ascending; else
  /// std::invalid_argument.
  Interactions(std::size_t num_items, std::vector<std::size_t> offsets, std::vector<ItemId> items);

  std::size_t num_users() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  std::size_t num_items() const { return num_items_; }
  /// The number of interactions.
  std::size_t size() const { return items_.size(); }
  InteractionColumns columns() const { return columns_; }

  /// The user's items, ascending. The spans below are parallel to it, and empty if the column is missing.
  std::span<const ItemId> items_of(UserId user) const { return row(items_, user); }
  std::span<const float> ratings_of(UserId user) const { return row(ratings_, user); }
  std::span<const std::int64_t> times_of(UserId user) const { return row(times_, user); }
  /// The position of the user's first interaction in the arrays of all; `row_offset(user) + n` is the n-th.
  std::size_t row_offset(UserId user) const { return offsets_[index(user)]; }
  bool contains(UserId user, ItemId item) const;

  /// All items, user after user.
  std::span<const ItemId> items() const { return items_; }
  /// num_users() + 1 offsets into items(); empty for a default-constructed object.
  std::span<const std::size_t> offsets() const { return offsets_; }
  /// The rows again, ordered by (user, item).
  std::vector<Interaction> rows() const;
  /// For every item, the number of its interactions.
  std::vector<std::uint32_t> item_counts() const;

 private:
  template <class T>
  std::span<const T> row(const std::vector<T>& column, UserId user) const {
    if (column.empty()) return {};
    return {column.data() + offsets_[index(user)], column.data() + offsets_[index(user) + 1]};
  }

  std::size_t num_items_ = 0;
  InteractionColumns columns_;
  std::vector<std::size_t> offsets_;
  std::vector<ItemId> items_;
  std::vector<float> ratings_;
  std::vector<std::int64_t> times_;
};

/// The users that have items, ascending.
std::vector<UserId> users_with_items(const Interactions& interactions);

/// The positions of `rows` in the order of (user, item), equal pairs by position. User ids are below `users`;
/// at most 2^32 rows.
std::vector<std::uint32_t> order_of_rows(std::span<const Interaction> rows, std::size_t users);

/// Those positions, ascending, whose (user, item) pair also occurs at an earlier position.
std::vector<std::uint32_t> repeated_rows(std::span<const Interaction> rows,
                                         std::span<const std::uint32_t> order);

}  // namespace throng
