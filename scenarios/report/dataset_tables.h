#pragma once

#include <string>

#include "recsys/data/dataset.h"

namespace throng {

/// What `throng data describe` prints.
std::string dataset_tables(const Dataset& dataset);

}  // namespace throng
