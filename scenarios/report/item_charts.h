#pragma once

#include <span>

#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

// Sections of html_report's data about items; `items` is the whole catalogue, not empty.

/// The most shown and the most liked items.
Json items_section(std::span<const ItemFigures> items);

/// How often items were shown against how popular they are in the dataset.
Json exposure_section(std::span<const ItemFigures> items);

}  // namespace throng
