#pragma once

#include "scenarios/validation/figures.h"

namespace throng {

/// A validation as html_report's data: for each task its charts, one a metric, and all its figures as a table. `validation`: that
/// of validation.json.
Json validation_page(const Json& validation, std::span<const Figure> figures);

}  // namespace throng
