#include "recsys/data/genres.h"

#include <algorithm>
#include <cmath>

namespace throng {

double genre_similarity(std::span<const GenreId> a, std::span<const GenreId> b) {
  const auto both = static_cast<double>(
      std::ranges::count_if(a, [&](GenreId genre) { return std::ranges::find(b, genre) != b.end(); }));
  const double either = static_cast<double>(a.size() + b.size()) - both;
  return either > 0 ? both / either : 0;
}

std::vector<double> genre_shares(std::span<const ItemId> items, const Catalogue& catalogue) {
  std::vector<double> shares(catalogue.genre_names.size(), 0);
  double all = 0;
  for (const ItemId item : items) {
    const auto& genres = catalogue[item].genres;
    for (const GenreId genre : genres) shares[index(genre)] += 1 / static_cast<double>(genres.size());
    if (!genres.empty()) ++all;
  }
  for (double& share : shares) share /= std::max(1.0, all);
  return shares;
}

double calibration_error(std::span<const double> p, std::span<const double> q) {
  constexpr double mixed = 0.01;
  double error = 0;
  for (std::size_t genre = 0; genre < p.size(); ++genre) {
    if (p[genre] > 0) error += p[genre] * std::log2(p[genre] / ((1 - mixed) * q[genre] + mixed * p[genre]));
  }
  return error;
}

}  // namespace throng
