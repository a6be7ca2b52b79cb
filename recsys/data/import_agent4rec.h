#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// The data bundle of Agent4Rec (SIGIR 2024): train.txt, valid.txt and test.txt (a line per user: the user's
/// number, then item numbers), movie_detail.csv, user_statistic.csv (the trait groups of all users) and, if
/// it is there, all_personas_like_modify.csv (row n is the n-th user's). It has a split, but no ratings and
/// no times. The source is a folder with all of these files, or a clone of Agent4Rec, its folder of the dataset, or one of
/// that folder's two parts. A line with any unknown or repeated item is malformed as a whole.
Dataset import_agent4rec(ImportSource& source);

}  // namespace throng
