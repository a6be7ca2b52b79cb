#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// The atomic files of RecBole: X.inter (tab-separated, with a header of "name:type") and, if it is there, X.item, which gives
/// titles, years and genres. The source is the folder or X.inter. Users and items are those of the interactions.
Dataset import_recbole(ImportSource& source);

/// Triples as LibRec, Cornac, MyMediaLite and others write them: user, item and, if there are, rating and time, between tabs,
/// commas, semicolons, "::" or blanks, with a header line or without.
Dataset import_triples(ImportSource& source);

}  // namespace throng
