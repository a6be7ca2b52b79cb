#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "recsys/data/dataset.h"
#include "recsys/import/import_source.h"

namespace throng {

/// What the items of a dataset are that is published under this name: of "Amazon-Book" books, of "Video_Games" games. None if
/// the name does not tell.
std::optional<std::string> item_name_in(std::string_view name);

/// The data bundle of Agent4Rec (SIGIR 2024): train.txt, valid.txt and test.txt (a line per user: the user's
/// number, then item numbers), movie_detail.csv, user_statistic.csv (the trait groups of all users) and, if
/// it is there, all_personas_like_modify.csv (row n is the n-th user's). It has a split, but no ratings and
/// no times. The source is a folder with all of these files, or a clone of Agent4Rec, its folder of the dataset, or one of
/// that folder's two parts. A line with any unknown or repeated item is malformed as a whole.
Dataset import_agent4rec(ImportSource& source);

/// Amazon's reviews as McAuley's group publishes them, plain or gzip: reviews of 2014, 2018 or 2023, an object a line, or
/// the files of ratings only (CSV; user or item first). `meta_X` beside the reviews `X`, `X_5` or `reviews_X`, or the
/// file that the options name, gives titles, categories (as genres; without the first, which is the shop's department) and,
/// in 2023, mean ratings. Users and items are those of the reviews, in their order. Of several reviews of one item by one
/// user the latest counts.
Dataset import_amazon(ImportSource& source);

/// Any file of rows of fields, or of JSON objects, whose columns the options name: the kinds "csv" and "json". The file that
/// options name describes the items, else the interactions' file itself. Users and items are those of the interactions, in
/// their order. Of several rows of one item and one user the latest counts.
Dataset import_csv(ImportSource& source);

/// What importers of formats with columns share: `items_file` (none: the interactions describe their items) is written as
/// `items_format`. `kind` and `variant` are for the provenance.
Dataset import_columns(ImportSource& source, const SourceFile& file, const SourceFile* items_file,
                       const CsvFormat& format, const CsvFormat& items_format, std::string_view kind,
                       std::string_view variant);

/// Reads the adjacency lists in which the data of NGCF, KGAT and LightGCN are published: `train.txt` and
/// `test.txt`, optionally `valid.txt` (see AdjacencyLists), which become the given split; optionally
/// `item_list.txt` and `user_list.txt`, a header and then lines that begin with an external id and the number
/// that stands for it. With a list only its numbers are known; without one, users or items are all that occur,
/// in the order of their first occurrence, and their numbers are their external ids.
Dataset import_lightgcn(ImportSource& source);

/// MovieLens as GroupLens ships it and as copies of it circulate, recognised by its files, plain or gzip, in the folder or
/// in one below it: 100K (u.data, u.item, u.user, u.genre), 1M (ratings.dat, movies.dat and, if it is there, users.dat), 10M
/// (the same without users.dat, with tags.dat), latest-small, latest, 20M, 25M and 32M (ratings.csv and movies.csv, or
/// rating.csv and movie.csv; columns go by their names, times may be dates) and HetRec 2011 (user_ratedmovies.dat or
/// user_ratedmovies-timestamps.dat, movies.dat, movie_genres.dat). All items of the item file are in the catalogue, rated or
/// not; users are those of the user file, with age, gender and occupation as it tells them, else those who rated. Both are in the
/// order of their numeric ids.
Dataset import_movielens(ImportSource& source);

/// The atomic files of RecBole: X.inter (tab-separated, with a header of "name:type") and, if it is there, X.item, which gives
/// titles, years and genres. The source is the folder or X.inter. Users and items are those of the interactions.
Dataset import_recbole(ImportSource& source);

/// Triples as LibRec, Cornac, MyMediaLite and others write them: user, item and, if there are, rating and time, between tabs,
/// commas, semicolons, "::" or blanks, with a header line or without.
Dataset import_triples(ImportSource& source);

/// Steam, plain or gzip, recognised by the content of the file: play hours as CSV (user, title, hours; or user, title,
/// "purchase" or "play", hours), McAuley's steam_reviews, australian_users_items (objects a line, JSON or Python literals;
/// hours or minutes played) or australian_user_reviews (recommended or not: rating 5 or 1; the others: see
/// rate_by_hours). `steam_games` beside it, or the file that the options name, gives titles, years and
/// genres (the tags of games without genres); play hours find their games by the letters and digits of the title. Users and items are
/// those of the interactions, in their order. Hours of several rows of one user and game add up.
Dataset import_steam(ImportSource& source);

/// Turns hours played, which stand in place of the ratings, into ratings 1 to 5: the fifth of all the hours above 0 in which they
/// lie (equal hours in the middle of their ranks). 0 hours, owned but not played, become 0.5. So ratings say how
/// strongly a user took to a game, whatever the unit.
void rate_by_hours(std::span<Interaction> rows);

}  // namespace throng
