#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/validation/training_world.h"

namespace throng {

/// Where the items come from that the user never met.
enum class Negatives {
  uniform,  ///< from the whole catalogue
  popular,  ///< from items about as popular as the held-out ones
};

/// What stands on a page of taste discrimination: to each held-out item `ratio` that the user never met.
struct TasteSetting {
  std::size_t ratio = 1;
  Negatives negatives = Negatives::uniform;

  /// As many as make a page of 20 items or, where that is no multiple of 1 + ratio, a little less: 10 at 1:1, 6 at 1:2, 5 at
  /// 1:3, 2 at 1:9.
  std::size_t held_out() const;
  std::size_t items() const { return held_out() * (1 + ratio); }
  std::string name() const;  ///< such as "1:9 uniform"
};

struct TastePage {
  AgentId agent{};
  std::vector<ItemId> items;   ///< in a random order
  std::vector<bool> held_out;  ///< parallel to them
};

/// A page for each agent whose user has enough items in `part` (validation or test), by agent:
///
/// - `held_out()` of the user's items in that part, at random.
/// - For each of them `ratio` items that the user has not met in any part, nor in what the split left out, none twice. uniform: at
///   random from the catalogue. popular: items are ordered by their number of training interactions, equal ones at random; of
///   the ten nearest to the held-out item in this order that remain (one above, one below, and so on) one at random.
/// - All in a random order.
///
/// Every draw is addressed by agent, setting and part: other agents and settings change nothing.
std::vector<TastePage> taste_pages(const TrainingWorld& world, const TasteSetting& setting, SplitPart part);

}  // namespace throng
