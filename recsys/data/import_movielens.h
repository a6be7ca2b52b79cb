#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// MovieLens as GroupLens ships it and as copies of it circulate, recognised by its files, plain or gzip, in the folder or
/// in one below it: 100K (u.data, u.item, u.user, u.genre), 1M (ratings.dat, movies.dat and, if it is there, users.dat), 10M
/// (the same without users.dat, with tags.dat), latest-small, latest, 20M, 25M and 32M (ratings.csv and movies.csv, or
/// rating.csv and movie.csv; columns go by their names, times may be dates) and HetRec 2011 (user_ratedmovies.dat or
/// user_ratedmovies-timestamps.dat, movies.dat, movie_genres.dat). All items of the item file are in the catalogue, rated or
/// not; users are those of the user file, else those who rated. Both are in the order of their numeric ids.
Dataset import_movielens(ImportSource& source);

}  // namespace throng
