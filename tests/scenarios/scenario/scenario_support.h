#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/scenario/scenario.h"

namespace throng::testing {

inline Json valid() {
  return {{"name", "test"},
          {"seed", 7},
          {"dataset", {{"path", "demo"}}},
          {"recommender", {{"kind", "popularity"}}}};
}

inline std::string fault_of(const Json& json, const std::vector<std::string>& overrides = {}) {
  try {
    parse_scenario(json, "s.json", overrides);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    return failure.what();
  }
  return "";
}

/// `valid()` with a change.
inline Json with(const std::function<void(Json&)>& change) {
  Json json = valid();
  change(json);
  return json;
}

inline Json llm_mind() {
  return {{"kind", "llm"}, {"endpoints", {{{"url", "http://localhost:1/v1"}, {"model", "m"}}}}};
}

inline Json embedder(const std::string& url = "http://localhost:2/v1") {
  return {{"kind", "endpoint"}, {"dimensions", 256}, {"endpoints", {{{"url", url}, {"model", "e"}}}}};
}

}  // namespace throng::testing
