#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// Any file of fields, plain or gzip, as the options' CsvFormat describes it; titles and genres are its own or those of
/// the file of items that the options name. Users and items are numbered as they first occur; of several rows of one
/// user and item the latest counts. Throws Failure(usage) for a column that the file does not have.
Dataset import_csv(ImportSource& source);

}  // namespace throng
