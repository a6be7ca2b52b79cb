#pragma once

#include <cstddef>
#include <string>

#include "engine/base/json.h"

namespace throng {

// Parts of html_report's data.

Json section_json(const char* heading, std::string text, Json charts);
Json bar_chart_json(const std::string& title, const char* unit, const char* x_title, Json labels,
                    Json series);

/// 0 of nothing.
double share(std::size_t part, std::size_t whole);
double percent(std::size_t part, std::size_t whole);

/// Such as "1,000,000".
std::string grouped(std::size_t number);

}  // namespace throng
