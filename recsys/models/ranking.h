#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recsys/models/recommender.h"

namespace throng {

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

/// Ranks by score, descending, ties by item id, ascending. Works in blocks of ScoreBlock::kQueries requests,
/// in parallel; never holds more than one block of scores per thread.
Rankings rank_top_k(const Recommender& recommender, std::span<const RankingRequest> requests, std::size_t k);

}  // namespace throng
