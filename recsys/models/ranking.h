#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recsys/data/ids.h"

namespace throng {

/// Whom to score or rank items for: a user of the training data, or an unseen one, known by a history (fold-in).
struct Query {
  std::optional<UserId> user{};       ///< a row of the training data
  std::span<const ItemId> history{};  ///< ascending; used only if `user` is empty
};

/// One ranking to make.
struct RankingRequest {
  Query query;
  std::vector<std::span<const ItemId>>
      excluded{};  ///< lists of items, each ascending, that must not be ranked
};

/// The best items of each request, best first: at most k each, fewer if exclusions leave fewer.
class Rankings {
 public:
  Rankings(std::size_t requests, std::size_t k) : k_(k), lengths_(requests, 0), items_(requests * k) {}

  std::size_t size() const { return lengths_.size(); }
  std::span<const ItemId> of(std::size_t request) const {
    return {items_.data() + request * k_, lengths_[request]};
  }
  /// Where the ranking of one request is written; `assign_length` says how much of it counts.
  std::span<ItemId> slots(std::size_t request) { return {items_.data() + request * k_, k_}; }
  void assign_length(std::size_t request, std::size_t length) {
    lengths_[request] = static_cast<std::uint32_t>(length);
  }

 private:
  std::size_t k_;
  std::vector<std::uint32_t> lengths_;
  std::vector<ItemId> items_;
};

}  // namespace throng
