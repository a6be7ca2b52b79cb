#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agents/population.h"
#include "engine/base/hash.h"
#include "engine/sim/virtual_time.h"
#include "recsys/data/ids.h"

namespace throng {

/// What a viewed item left behind. The numbers are stored in run.db.
enum class Feeling : std::uint8_t {
  none = 0,
  upset = 1,
  disappointed = 2,
  indifferent = 3,
  pleased = 4,
  delighted = 5
};

/// Such as "pleased"; "" for none.
const char* to_string(Feeling feeling);
/// The inverse of `to_string`; none for any other text.
Feeling feeling_from(std::string_view text);

/// An item shown on a page and what the agent made of it.
struct Impression {
  ItemId item{};
  float mean_rating = 0;  ///< the historical rating that was displayed
  bool aligned = false;   ///< whether it fits the taste
  bool viewed = false;
  std::uint8_t rating = 0;  ///< 1 .. 5 if viewed, else 0
  Feeling feeling = Feeling::none;
  bool operator==(const Impression&) const = default;
};

/// Whether to go on, and why. Satisfaction and fatigue in [0, 1].
struct Decision {
  double satisfaction = 0;
  double fatigue = 0;
  bool exits = false;
};

/// A conclusion drawn from memory when enough importance has gathered.
struct Reflection {
  double satisfaction = 0;  ///< in [0, 1]
};

struct Interview {
  std::uint8_t score = 0;  ///< satisfaction with the recommender, 1 .. 10
};

struct PageRecord {
  std::uint16_t page = 0;  ///< from 1
  VirtualTime shown_at;
  std::vector<Impression> impressions;  ///< in the order of the page
  double satisfaction = 0;              ///< with this page, in [0, 1]
  Decision decision;
  std::optional<Reflection> reflection;  ///< drawn after this page's decision
};

/// All that one session left behind.
struct SessionRecord {
  AgentId agent{};
  std::uint16_t round = 0;  ///< from 0: the window that the session belongs to
  VirtualTime started;
  VirtualTime ended;
  std::vector<PageRecord> pages;
  Interview interview;
  Hash128 digest;  ///< of the agent's events in the session's window
};

}  // namespace throng
