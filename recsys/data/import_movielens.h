#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// MovieLens as GroupLens ships it, recognised by its files: 100K (u.data, u.item, u.user, u.genre), 1M
/// (ratings.dat, movies.dat, users.dat), 10M (the same without users.dat, with tags.dat), latest-small, 20M,
/// 25M and 32M (ratings.csv, movies.csv). All items of the item file are in the catalogue, rated or not;
/// users are those of the user file, else those who rated. Both are in the order of their numeric ids.
Dataset import_movielens(ImportSource& source);

}  // namespace throng
