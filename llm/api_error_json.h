#pragma once

#include <optional>

#include <boost/json/object.hpp>

#include "llm/api_error.h"

namespace throng::llm {

/// The error that a parsed reply reports, if it does.
std::optional<ApiError> error_in(const boost::json::object& reply, const Secrets& secrets);

}  // namespace throng::llm
