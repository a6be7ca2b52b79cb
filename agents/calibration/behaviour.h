#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/session_record.h"
#include "engine/base/json.h"
#include "engine/base/statistics.h"

namespace throng {

/// How a number of sessions went, in figures that two populations can be compared by. Sums: those of a population are those of its
/// parts, in any order, to the last bit.
class Behaviour {
 public:
  enum class Distribution : std::uint8_t { exit_pages, ratings, interview_scores, views_per_page };
  static constexpr std::array<std::string_view, 4> kDistributions{"exit pages", "ratings", "interview scores",
                                                                  "views per page"};
  /// A mean over agents.
  struct Figure {
    ExactSum sum;
    double agents = 0;
    std::optional<double> mean() const {
      return agents > 0 ? std::optional<double>(sum.value() / agents) : std::nullopt;
    }
    template <class Archive>
    void serialize(Archive& archive) {
      archive(sum, agents);
    }
  };

  /// Degraded pages count nowhere, abandoned sessions neither.
  void add(const SessionRecord& session, const TraitGroups& traits);
  void merge(const Behaviour& other);
  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(counts_, fixed_, viewed_at_);
  }

  /// How often each value was there: the first is page 1, one star, score 1, no view.
  const std::vector<double>& counts(Distribution distribution) const {
    return counts_[static_cast<std::size_t>(distribution)];
  }
  /// P_view, P_like, N_exit, S_sat, P_view of each group of activity, share viewed at each place.
  std::vector<Figure> figures() const;
  /// Their names.
  std::vector<std::string> figure_names() const;

 private:
  static constexpr std::size_t kFixed = 7;  ///< figures before those of places

  void count(Distribution distribution, std::size_t value);

  std::array<std::vector<double>, kDistributions.size()> counts_;
  std::array<Figure, kFixed> fixed_;
  std::vector<Figure> viewed_at_;
};

/// How far two populations are apart in one respect.
struct BehaviourGap {
  std::string name;
  bool is_divergence = false;       ///< Jensen-Shannon, in nats; else the difference of two means
  std::optional<double> recorded;   ///< the mean
  std::optional<double> simulated;  ///< likewise
  std::optional<double> gap;        ///< divergence, or simulated - recorded; none: one side has no values
  /// The same between two resamples of the recorded agents, as many each: what chance alone makes of it.
  double floor_mean = 0;  ///< mean size of the gap
  double floor_95 = 0;    ///< 95th percentile of it
};

/// [{"name", "kind": "divergence" or "difference", "recorded", "simulated", "gap", "floor_mean", "floor_95"}]; what is unknown is
/// null.
Json gaps_json(std::span<const BehaviourGap> gaps);

/// The gaps in the order of kDistributions, then of `figures`. `recorded`: one for each agent. `luck` names the resamples.
std::vector<BehaviourGap> behaviour_gaps(std::span<const Behaviour> recorded, const Behaviour& simulated,
                                         std::uint64_t luck);

}  // namespace throng
