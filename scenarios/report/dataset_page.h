#pragma once

#include "engine/base/json.h"
#include "recsys/data/dataset.h"

namespace throng {

/// A dataset as html_report's data, without "version": what is in it, who has how much of it, and where it comes from.
Json dataset_page(const Dataset& dataset);

}  // namespace throng
