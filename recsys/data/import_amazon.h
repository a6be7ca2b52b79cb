#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// Amazon's reviews as McAuley's group publishes them, plain or gzip: reviews of 2014, 2018 or 2023, an object a line, or
/// the files of ratings only (CSV; user or item first). `meta_X` beside the reviews `X`, `X_5` or `reviews_X`, or the
/// file that the options name, gives titles, categories (as genres; without the first, which is the shop's department) and,
/// in 2023, mean ratings. Users and items are those of the reviews, in their order. Of several reviews of one item by one
/// user the latest counts.
Dataset import_amazon(ImportSource& source);

}  // namespace throng
