#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/json.h"

namespace throng {

/// One number per trait group 1, 2, 3.
using PerGroup = std::array<double, 3>;

/// The parameters of StatisticalMind, whose formulas say what they do. The defaults are chosen so that the first 100 users of
/// Agent4Rec's MovieLens-1M bundle, in front of `mf`, come near what GPT-3.5 did as the same 100 users
/// (tests/agents/minds/calibration_test.cpp).
struct StatisticalParameters {
  double align_base = -0.70;
  double align_affinity = 0.50;
  double align_quality = 0.15;
  /// With it agents of Amazon-Book do not like random books better than popular ones, under its own split neither (only 0 and
  /// 0.30 were measured). On MovieLens 100K, its ratings hidden, `popularity` is then viewed 0.08 more than `random` (0.04 with
  /// ratings, 0.02 with 0 here).
  double align_popularity = 0.30;
  PerGroup align_openness{-0.10, -0.05, 0.48};
  PerGroup align_activity{0, 0, 0};
  double align_familiarity = 0;
  std::vector<double>
      align_position;  ///< by place; the last holds for all further ones; empty: no place counts
  double align_temperature = 1;

  double view_share = 0.53;
  PerGroup view_activity{-0.04, 0.01, 0.50};
  PerGroup view_diversity{-0.015, 0.0, 0.015};
  double view_noise = 0.09;
  std::vector<double> view_examination;  ///< by place, as align_position; empty: every place is examined
  double view_appeal = 1;
  double view_position = 0;
  double view_chance = 0;

  double own_base = 4.07;
  double own_affinity = 0.10;
  double own_habit = 0;
  PerGroup conformity_weight{0.65, 0.30, 0.05};
  PerGroup rating_noise{0.30, 0.30, 0.52};

  // Chosen, not fitted: nobody has recorded agents that do these.
  double save_share = 0.2;
  double share_liked = 0.1;
  double search_dissatisfied = 0.4;

  double satisfaction_views = 0.53;
  double satisfaction_recent = 0.85;

  PerGroup exit_base{-3.05, -5.25, -6.0};
  double exit_fatigue = 6.85;
  PerGroup exit_tiring{0, 0, 0};
  double exit_satisfaction = 2.1;
  double tired_after = 5;

  PerGroup interview_base{3.3, 3.9, 5.2};
  double interview_satisfaction = 5.6;
  double interview_noise = 1.25;
  std::vector<double> interview_cuts;  ///< between the ten scores, ascending: 9, or none

  /// Where the numbers come from, in words; for people.
  std::string provenance{
      "chosen by hand: the first 100 users of Agent4Rec's MovieLens-1M bundle, in front of mf, come near "
      "what "
      "GPT-3.5 did as these users"};

  bool operator==(const StatisticalParameters&) const = default;
};

/// What there is to know of one of them.
struct ParameterInfo {
  using One = double StatisticalParameters::*;
  using ByGroup = PerGroup StatisticalParameters::*;
  using List = std::vector<double> StatisticalParameters::*;

  std::string_view name;  ///< its key
  std::variant<One, ByGroup, List> member;
  double least;  ///< of each number
  double most;   ///< likewise
  std::string_view meaning;
  std::size_t length =
      0;  ///< of a list: how many there are if it is not empty; 0: any number up to kLongestList
};

/// As many places as a page may have; see the schema's items_per_page.
inline constexpr std::size_t kLongestList = 100;

/// In the order of the formulas.
std::span<const ParameterInfo> statistical_parameters();

/// Reads an object such as {"align_base": -0.7, "exit_base": [-3, -5, -6], "provenance": "..."}; what it leaves out has its default.
/// The Error (usage) begins with the JSON path, below `path`.
Result<StatisticalParameters> read_statistical_parameters(const Json& object, const std::string& path);

/// The inverse: every parameter, in the order of the formulas.
Json to_json(const StatisticalParameters& parameters);

}  // namespace throng
