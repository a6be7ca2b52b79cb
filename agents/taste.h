#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/random.h"
#include "recsys/data/dataset.h"

namespace throng {

/// What an agent likes, learned from a user's training history.
struct Taste {
  static constexpr std::size_t kDimensions = 16;

  /// The direction of the history in the latent space; unit length, or all 0 without a history.
  std::array<float, kDimensions> latent{};
  /// Per genre, log(share in the history / share in all histories), smoothed; 0 is neutral. Empty without
  /// genres.
  std::vector<float> genre_lift;
};

/// The space that tastes live in, fitted on training interactions: independent of the recommender under test.
///
/// Latent part: with R the binary users x items matrix, D_u and D_i its row and column sums, the right
/// singular vectors 2 .. 17 of D_u^-1/2 R D_i^-1/2 (the first one only says how popular an item is), by
/// subspace iteration, each weighted by its singular value; an item's row is then scaled to length d / (d +
/// 10), d its number of interactions, so that rarely seen items stay near neutral. Genre part: the mean lift
/// of the item's genres. Both parts are divided by their standard deviation over all training users and a
/// sample of items, then weighted and divided again, so that the affinity of a random user and item has mean
/// about 0 and standard deviation about 1.
///
/// Immutable after construction, safe to read from any thread.
class TasteSpace {
 public:
  TasteSpace(const Catalogue& catalogue, const Interactions& train);

  /// The taste of a user of the training data.
  const Taste& taste_of(UserId user) const { return tastes_[index(user)]; }
  /// The user's genres with the most training items, most frequent first, ties by id; at most `count`.
  std::vector<GenreId> favourite_genres(UserId user, std::size_t count) const;
  /// `taste` moved at random by `strength` (0: not at all; 1: as far as its own length), addressed by
  /// `agent`.
  Taste perturbed(const Taste& taste, double strength, const Draws& draws, std::uint32_t agent) const;
  /// The item in the latent part; all 0 if nobody has met it.
  const std::array<float, Taste::kDimensions>& embedding(ItemId item) const {
    return embeddings_[index(item)];
  }
  /// How much a taste is drawn to an item; see above.
  double affinity(const Taste& taste, ItemId item) const;

 private:
  double latent_affinity(const Taste& taste, ItemId item) const;
  double genre_affinity(const Taste& taste, ItemId item) const;
  void fit_item_embeddings();
  void fit_tastes();
  void standardise();

  const Catalogue& catalogue_;
  const Interactions& train_;
  std::vector<std::array<float, Taste::kDimensions>> embeddings_;  ///< per item
  std::vector<Taste> tastes_;                                      ///< per user
  double latent_scale_ = 0;
  double genre_scale_ = 0;
  double mean_ = 0;
};

}  // namespace throng
