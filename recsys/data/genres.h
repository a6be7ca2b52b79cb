#pragma once

#include <span>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// Of two items' genres: what both have over what one of them has (Jaccard's index); 0 where none is known.
double genre_similarity(std::span<const GenreId> a, std::span<const GenreId> b);

/// How items are shared among genres, an item divided evenly among its own; by genre, adds up to 1, or is all 0.
std::vector<double> genre_shares(std::span<const ItemId> items, const Catalogue& catalogue);

/// How far the shares q are from the wanted ones p: KL(p, 0.99 q + 0.01 p) in bits (Steck, RecSys 2018).
double calibration_error(std::span<const double> p, std::span<const double> q);

}  // namespace throng
