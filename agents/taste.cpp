#include "agents/taste.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace throng {
namespace {

constexpr std::size_t kDims = Taste::kDimensions;
constexpr std::size_t kColumns =
    kDims + 1;                         ///< the first one is dropped: it is popularity, the same for everybody
constexpr double kLatentWeight = 0.6;  ///< the genres have the rest
constexpr double kRareItem = 10;       ///< interactions at which an item's embedding has half its length
/// Added to shares before taking their ratio: a genre that a user never met would be minus infinity, and one of the rarest would
/// outweigh all others.
constexpr double kGenreSmoothing = 0.02;
constexpr Purpose kStart{"taste/start"};
constexpr Purpose kPerturbLatent{"taste/perturb-latent"};
constexpr Purpose kPerturbGenre{"taste/perturb-genre"};

using Row = std::array<double, kColumns>;
using Columns = std::vector<Row>;

/// 1/sqrt of every count; 0 for 0.
std::vector<double> inverse_roots(std::span<const std::uint32_t> counts) {
  std::vector<double> roots;
  roots.reserve(counts.size());
  for (const std::uint32_t count : counts) roots.push_back(count == 0 ? 0 : 1 / std::sqrt(count));
  return roots;
}

std::vector<std::uint32_t> user_counts(const Interactions& train) {
  std::vector<std::uint32_t> counts;
  for (std::size_t user = 0; user < train.num_users(); ++user) {
    counts.push_back(static_cast<std::uint32_t>(train.items_of(UserId(user)).size()));
  }
  return counts;
}

double dot_columns(const Columns& rows, std::size_t a, std::size_t b) {
  double sum = 0;
  for (const Row& row : rows) sum += row[a] * row[b];
  return sum;
}

/// Modified Gram-Schmidt: the classical one loses orthogonality where singular values lie close together, as the later ones here do. A
/// column that vanishes (fewer directions than columns) becomes 0.
void orthonormalise(Columns& rows) {
  constexpr double vanished = 1e-12;
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (std::size_t before = 0; before < column; ++before) {
      const double overlap = dot_columns(rows, before, column);
      for (Row& row : rows) row[column] -= overlap * row[before];
    }
    const double length = std::sqrt(dot_columns(rows, column, column));
    const double scale = length > vanished ? 1 / length : 0;
    for (Row& row : rows) row[column] *= scale;
  }
}

/// One step of subspace iteration: rows <- A^T A rows, A = D_u^-1/2 R D_i^-1/2. Without the roots the most popular items and the
/// busiest users would be the first directions, whatever anybody likes. Sums go user by user, so that they have the same bits on
/// any number of threads.
Columns normalised_product(const Interactions& train, std::span<const double> user_roots,
                           std::span<const double> item_roots, const Columns& rows) {
  Columns product(rows.size(), Row{});
  for (std::size_t user = 0; user < train.num_users(); ++user) {
    Row sum{};
    for (const ItemId item : train.items_of(UserId(user))) {
      for (std::size_t c = 0; c < kColumns; ++c) sum[c] += item_roots[index(item)] * rows[index(item)][c];
    }
    const double weight = user_roots[user] * user_roots[user];
    for (const ItemId item : train.items_of(UserId(user))) {
      for (std::size_t c = 0; c < kColumns; ++c)
        product[index(item)][c] += item_roots[index(item)] * weight * sum[c];
    }
  }
  return product;
}

/// The last product has left columns of length sigma^2; they get the length sigma.
void weight_by_singular_values(Columns& rows) {
  for (std::size_t column = 0; column < kColumns; ++column) {
    const double squared = std::sqrt(dot_columns(rows, column, column));
    const double scale = squared > 0 ? 1 / std::sqrt(squared) : 0;
    for (Row& row : rows) row[column] *= scale;
  }
}

template <class Vector>
double length_of(const Vector& vector) {
  double squares = 0;
  for (const auto x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(squares);
}

void scale_to(std::array<float, kDims>& vector, double length) {
  const double current = length_of(vector);
  const double factor = current > 0 ? length / current : 0;
  for (float& x : vector) x = static_cast<float>(x * factor);
}

}  // namespace

TasteSpace::TasteSpace(const Catalogue& catalogue, const Interactions& train)
    : catalogue_(catalogue), train_(train) {
  fit_item_embeddings();
  fit_tastes();
  standardise();
}

void TasteSpace::fit_item_embeddings() {
  // Each step multiplies a direction's share by its sigma^2: what is left out has faded by the last.
  constexpr int iterations = 20;
  const std::vector<std::uint32_t> counts = train_.item_counts();
  const std::vector<double> item_roots = inverse_roots(counts);
  const std::vector<double> user_roots = inverse_roots(user_counts(train_));
  const Draws draws(0);  // not the run's seed: a dataset has one space, and the start decides only signs

  Columns rows(catalogue_.size());
  for (std::size_t item = 0; item < rows.size(); ++item) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      rows[item][c] = c == 0 ? std::sqrt(counts[item])  // the known first singular vector
                             : draws.normal(kStart, {.agent = static_cast<std::uint32_t>(c),
                                                     .item = static_cast<std::uint32_t>(item)});
    }
  }
  for (int i = 0; i < iterations; ++i) {
    orthonormalise(rows);
    rows = normalised_product(train_, user_roots, item_roots, rows);
  }
  weight_by_singular_values(rows);

  embeddings_.resize(rows.size());
  for (std::size_t item = 0; item < rows.size(); ++item) {
    for (std::size_t d = 0; d < kDims; ++d) embeddings_[item][d] = static_cast<float>(rows[item][d + 1]);
    // Of an item that three people met the direction is chance: it counts for little.
    scale_to(embeddings_[item], counts[item] / (counts[item] + kRareItem));
  }
}

void TasteSpace::fit_tastes() {
  const std::size_t genres = catalogue_.genre_names.size();
  std::vector<double> all(genres, 0);
  std::vector<std::vector<double>> own(train_.num_users(), std::vector<double>(genres, 0));
  tastes_.resize(train_.num_users());
  for (std::size_t user = 0; user < tastes_.size(); ++user) {
    for (const ItemId item : train_.items_of(UserId(user))) {
      for (std::size_t d = 0; d < kDims; ++d) tastes_[user].latent[d] += embeddings_[index(item)][d];
      for (const GenreId genre : catalogue_[item].genres) {
        ++own[user][index(genre)];
        ++all[index(genre)];
      }
    }
    scale_to(tastes_[user].latent, 1);
  }

  const double all_sum = std::max(1.0, std::accumulate(all.begin(), all.end(), 0.0));
  for (std::size_t user = 0; user < tastes_.size(); ++user) {
    const double own_sum = std::accumulate(own[user].begin(), own[user].end(), 0.0);
    tastes_[user].genre_lift.resize(genres, 0);
    if (own_sum == 0) continue;
    for (std::size_t g = 0; g < genres; ++g) {
      tastes_[user].genre_lift[g] = static_cast<float>(
          std::log((own[user][g] / own_sum + kGenreSmoothing) / (all[g] / all_sum + kGenreSmoothing)));
    }
  }
}

// A mind's parameters are numbers on the scale of affinities. Without this they would mean something else on every dataset.
void TasteSpace::standardise() {
  constexpr std::size_t sampled_items = 100;  // per user: the scale is a mean over all of these pairs
  const std::size_t step = std::max<std::size_t>(1, catalogue_.size() / sampled_items);
  double count = 0;
  double latent_squares = 0;
  double genre_squares = 0;
  const auto for_each_pair = [&](auto visit) {
    for (const Taste& taste : tastes_) {
      for (std::size_t item = 0; item < catalogue_.size(); item += step) visit(taste, ItemId(item));
    }
  };
  const auto scale_of = [&](double weight, double squares) {
    return squares > 0 ? weight / std::sqrt(squares / count) : 0;
  };
  for_each_pair([&](const Taste& taste, ItemId item) {
    ++count;
    latent_squares += std::pow(latent_affinity(taste, item), 2);
    genre_squares += std::pow(genre_affinity(taste, item), 2);
  });
  latent_scale_ = scale_of(kLatentWeight, latent_squares);
  genre_scale_ = scale_of(1 - kLatentWeight, genre_squares);

  double sum = 0;
  double squares = 0;
  for_each_pair([&](const Taste& taste, ItemId item) {
    const double value = affinity(taste, item);
    sum += value;
    squares += value * value;
  });
  if (count == 0) return;
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
  if (deviation == 0) return;
  latent_scale_ /= deviation;
  genre_scale_ /= deviation;
  mean_ = mean / deviation;
}

double TasteSpace::latent_affinity(const Taste& taste, ItemId item) const {
  double sum = 0;
  for (std::size_t d = 0; d < kDims; ++d) {
    sum += static_cast<double>(taste.latent[d]) * static_cast<double>(embeddings_[index(item)][d]);
  }
  return sum;
}

double TasteSpace::genre_affinity(const Taste& taste, ItemId item) const {
  const auto& genres = catalogue_[item].genres;
  if (genres.empty()) return 0;
  double sum = 0;
  for (const GenreId genre : genres) sum += static_cast<double>(taste.genre_lift[index(genre)]);
  return sum / static_cast<double>(genres.size());
}

double TasteSpace::affinity(const Taste& taste, ItemId item) const {
  return latent_scale_ * latent_affinity(taste, item) + genre_scale_ * genre_affinity(taste, item) - mean_;
}

Taste TasteSpace::perturbed(const Taste& taste, double strength, const Draws& draws,
                            std::uint32_t agent) const {
  Taste moved = taste;
  const double per_dimension = strength / std::sqrt(kDims);
  for (std::size_t d = 0; d < kDims; ++d) {
    moved.latent[d] += static_cast<float>(
        per_dimension *
        draws.normal(kPerturbLatent, {.agent = agent, .item = static_cast<std::uint32_t>(d)}));
  }
  scale_to(moved.latent, 1);
  const double genre_length =
      taste.genre_lift.empty() ? 0 : length_of(taste.genre_lift) / std::sqrt(taste.genre_lift.size());
  for (std::size_t g = 0; g < moved.genre_lift.size(); ++g) {
    moved.genre_lift[g] += static_cast<float>(
        strength * genre_length *
        draws.normal(kPerturbGenre, {.agent = agent, .item = static_cast<std::uint32_t>(g)}));
  }
  return moved;
}

std::vector<GenreId> TasteSpace::favourite_genres(UserId user, std::size_t count) const {
  std::vector<std::size_t> counts(catalogue_.genre_names.size(), 0);
  for (const ItemId item : train_.items_of(user)) {
    for (const GenreId genre : catalogue_[item].genres) ++counts[index(genre)];
  }
  std::vector<GenreId> genres;
  for (std::size_t g = 0; g < counts.size(); ++g) {
    if (counts[g] > 0) genres.push_back(GenreId(g));
  }
  std::stable_sort(genres.begin(), genres.end(),
                   [&](GenreId a, GenreId b) { return counts[index(a)] > counts[index(b)]; });
  genres.resize(std::min(genres.size(), count));
  return genres;
}

}  // namespace throng
