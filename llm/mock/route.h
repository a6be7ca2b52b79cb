#pragma once

#include <string>
#include <string_view>

#include "llm/mock/dialect.h"

namespace throng::llm::mock {

enum class Endpoint { chat, embeddings, models, stats, none };

/// What a request target names. Known with and without `/v1`, below `/openai/v1`, and (with an api-version in the
/// query) as Azure writes it.
struct Route {
  Endpoint endpoint = Endpoint::none;
  std::string_view deployment;  ///< Azure's; a view into the target
};

Route route_of(std::string_view target);
/// Of a dialect with a base only what stands below that.
Route route_of(std::string_view target, const Dialect& dialect);

/// The method that an endpoint takes.
std::string_view method_of(Endpoint endpoint);

}  // namespace throng::llm::mock
