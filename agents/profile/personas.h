#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/population.h"
#include "agents/taste.h"
#include "engine/base/random.h"
#include "recsys/data/dataset.h"

namespace throng {

/// An item of a user's history, and the rating that the user gave.
struct RatedItem {
  ItemId item{};
  std::optional<float> rating{};  ///< none: the data have no ratings
};

/// What a user's history says of one genre.
struct GenreTaste {
  GenreId genre{};
  double times = 1;              ///< its share in the history over its share in all histories, smoothed
  std::optional<double> mean{};  ///< of the user's ratings of it
  std::vector<ItemId> examples{};
};

/// How a user rates.
struct RatingTendency {
  double mean = 0;    ///< of the user's ratings
  double others = 0;  ///< what others gave the same items, the mean
  double fives = 0;   ///< the share of ratings of 4.5 or more
  double lows = 0;    ///< the share of ratings of 2 or less
};

/// One of the statements in which a taste was written.
struct TasteStatement {
  std::string taste{};
  std::string reason{};  ///< as it was written; may be empty
  bool operator==(const TasteStatement&) const = default;
};

/// What an agent knows of itself beside its traits: what was written about its user, and for all that was not, what follows
/// from the history.
struct SelfPortrait {
  std::vector<TasteStatement> tastes{};
  std::vector<GenreTaste> genres{};  ///< liked ones, if no taste was written: the best first
  std::vector<ItemId> examples{};    ///< of what it likes, where neither statements nor genres name some
  std::string written_high{};        ///< written: what it rates high
  std::string written_low{};
  std::vector<RatedItem> high{};  ///< of the highest rated, 4 or more, if that was not written
  std::vector<GenreTaste>
      low_genres{};                 ///< rated clearly lower than the rest, 3 or less on average, likewise
  std::vector<RatedItem> low{};     ///< of the lowest rated, 3 or less
  std::vector<RatedItem> lately{};  ///< the newest, the last one first
  std::optional<RatingTendency> tendency{};
};

/// Portraits of the agents of a population, from the training part alone (and from what the source has written about users).
///
/// By rule, with r a rating of the user, m the user's mean, o what others gave the item on average (shrunk to the mean of all
/// ratings as if 5 more had given that), a the affinity of the agent's taste to an item:
///   a genre's score   log of its lift (Taste::genre_lift) + sum over its items of (r - m) / (their number + 3); liked genres
///                     have a score above 0, and enough items (one in 30)
///   an item's appeal  r + (r - o) / 2 + a / 4 as far as there are ratings, a otherwise; what is rated below m is no example
/// Where something else stands in place of ratings (Dataset::ratings_are), appeals follow it, but no portrait has a number of it or
/// says what is rated how. Frequency alone says what is popular with everybody: 93 of 100 users of MovieLens 100K would be lovers of drama.
///
/// An agent that is sampled has a portrait of its own, as its taste is moved for the statistical mind: lifts and affinities are
/// those of the moved taste, appeals move by a normal number of 5 times its perturbation, and of written statements it has some,
/// in an order of its own. Perturbation 0 makes copies. Everything is addressed by the agent.
///
/// Immutable, safe to read from any thread; what it refers to outlives it.
class Personas {
 public:
  /// `attribute_names`: the population's.
  Personas(const Dataset& dataset, const TasteSpace& space, const Interactions& train,
           std::vector<std::string> attribute_names, const Draws& draws);

  SelfPortrait of(const Profile& profile) const;
  /// The written statements alone, as `of` has them.
  std::vector<TasteStatement> written_tastes(const Profile& profile) const;
  const std::vector<std::string>& attribute_names() const { return attribute_names_; }

 private:
  /// One item of a history, as a portrait looks at it.
  struct Met {
    ItemId item{};
    std::optional<float> rating{};
    double others = 0;
    double appeal = 0;  ///< the more, the better an example of what is liked
    double dislike = 0;
  };

  std::vector<Met> history(const Profile& profile) const;
  double others_mean(ItemId item, float own) const;
  std::vector<GenreTaste> genre_tastes(const Profile& profile, std::span<const Met> met) const;
  void add_genres(const Profile& profile, std::span<const Met> met, SelfPortrait& portrait) const;
  void add_extremes(std::span<const Met> met, SelfPortrait& portrait) const;
  void add_lately(const Profile& profile, SelfPortrait& portrait) const;

  const Dataset& dataset_;
  const TasteSpace& space_;
  const Interactions& train_;
  std::vector<std::string> attribute_names_;
  bool tells_ratings_;
  Draws draws_;
  std::vector<double> rating_sums_;  ///< per item
  std::vector<std::uint32_t> rating_counts_;
  double mean_rating_ = 0;
};

/// The statements of a written taste, which sources join by '|' as they do their reasons; without reasons where there are more or
/// fewer of these.
std::vector<TasteStatement> statements(const Persona& written);

}  // namespace throng
