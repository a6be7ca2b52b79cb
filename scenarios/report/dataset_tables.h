#pragma once

#include <string>

#include "engine/base/json.h"
#include "recsys/data/dataset.h"
#include "recsys/data/describe.h"

namespace throng {

/// What `throng data describe` prints.
std::string dataset_tables(const Dataset& dataset);

/// What `throng data describe --json` prints.
Json dataset_json(const Dataset& dataset);

/// "4 to 7", or "1" if that is all.
std::string bucket_name(const CountBucket& bucket);

}  // namespace throng
