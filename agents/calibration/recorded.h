#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/minds/affinity.h"
#include "agents/minds/statistical_formulas.h"
#include "agents/session_record.h"

namespace throng {

/// An item that a recorded agent was shown, as the formulas see it, and what it did.
struct RecordedItem {
  double affinity = 0;
  double quality = 0;
  double familiarity = 0;
  double historical_rating = 0;
  bool aligned = false;
  std::uint8_t rating = 0;  ///< 1 .. 5; 0: not viewed
  bool viewed() const { return rating > 0; }
  /// For cereal, here and below.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(affinity, quality, familiarity, historical_rating, aligned, rating);
  }
};

struct RecordedPage {
  std::uint16_t page = 0;           ///< from 1
  std::vector<RecordedItem> items;  ///< in the order of the page
  /// After the page; none: what it decided could not be made out, or there was no page to go on to.
  std::optional<bool> exits;
  /// So far, as `remembered_satisfaction` has it; no parameter that is fitted changes it.
  double satisfaction = 0;

  std::size_t aligned() const;
  std::size_t viewed() const;
  /// Whether the formulas can do the same: what is viewed is aligned.
  bool fits_formulas() const;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(page, items, exits, satisfaction);
  }
};

/// A session of somebody whose behaviour is to be fitted.
struct RecordedSession {
  std::string agent;  ///< its name: decides whether it is fitted or held out
  TraitGroups traits;
  double habit = 0;  ///< how its user rates beside others; see RatingHabits
  std::vector<RecordedPage> pages;
  std::optional<std::uint8_t> score;  ///< of the interview
  double satisfaction = 0;            ///< when it was interviewed
  template <class Archive>
  void serialize(Archive& archive) {
    archive(agent, traits.activity, traits.conformity, traits.diversity, habit, pages, score, satisfaction);
  }
};

/// What turns records into what the formulas see. All of it must outlive the use.
struct RecordedWorld {
  const Affinity& affinity;
  const ItemMerits& merits;
  const RatingHabits& habits;
  const StatisticalParameters& parameters;  ///< satisfaction is reckoned with these
  std::uint16_t max_pages = 0;              ///< after this page there was no choice
};

/// The sessions of one agent, in their order: it remembers from one to the next. Degraded pages count nowhere.
std::vector<RecordedSession> recorded_sessions(const std::string& agent, const Profile& profile,
                                               std::span<const SessionRecord> sessions,
                                               const RecordedWorld& world);

/// Whether an agent of this name is held out when this share (0 .. 1) of all is: by a hash of the name, so that it is the same for
/// every source and order.
bool is_held_out(const std::string& agent, double share);

}  // namespace throng
