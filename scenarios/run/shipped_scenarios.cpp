#include "scenarios/run/shipped_scenarios.h"

#include <algorithm>
#include <array>

#include "embedded/scenario_demo.h"
#include "embedded/scenario_filter_bubble.h"
#include "embedded/scenario_llm_demo.h"
#include "embedded/scenario_million.h"

namespace throng {
namespace {

struct Shipped {
  std::string_view name;
  std::string_view text;
};

constexpr std::array kShipped{
    Shipped{"demo", embedded::scenario_demo}, Shipped{"filter_bubble", embedded::scenario_filter_bubble},
    Shipped{"llm-demo", embedded::scenario_llm_demo}, Shipped{"million", embedded::scenario_million}};

}  // namespace

std::vector<std::string> shipped_scenario_names() {
  std::vector<std::string> names;
  for (const Shipped& shipped : kShipped) names.emplace_back(shipped.name);
  return names;
}

std::optional<std::string_view> shipped_scenario(std::string_view name) {
  const auto found = std::ranges::find(kShipped, name, &Shipped::name);
  return found == kShipped.end() ? std::nullopt : std::optional(found->text);
}

}  // namespace throng
