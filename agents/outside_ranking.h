#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/sim/external.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// Rankings that no recommender of this process makes: each agent asks the outside for its own when its session starts. Read
/// by several threads at once.
class OutsideRanking {
 public:
  virtual ~OutsideRanking() = default;

  virtual ExternalRequest request(ActorId agent, const RankingRequest& request, std::size_t k) const = 0;
  /// The ranking that a reply holds: at most k items, none of the excluded ones.
  virtual std::vector<ItemId> ranking(std::string_view reply) const = 0;
};

}  // namespace throng
