#include "scenarios/scenario/own_metrics.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace throng {
namespace {

/// What the names of metrics and of figures of rounds begin with (docs/metrics.md).
constexpr auto kTakenBeginnings = std::to_array<std::string_view>(
    {"p_", "n_", "s_", "align_", "recommended_", "viewed_", "liked_", "position_", "page_", "offline_"});

bool is_name(std::string_view name) {
  constexpr std::size_t most = 40;
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= most && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

[[noreturn]] void fail_metric(const std::string& source, const std::string& name,
                              const std::string& problem) {
  throw Failure(ErrorKind::usage, fmt::format("{}: /metrics/{}{}", source, name.substr(0, 100), problem));
}

void check_metric_name(const std::string& name, const std::string& source) {
  if (!is_name(name)) {
    fail_metric(source, name,
                ": expected a name of up to 40 small letters, digits and _ that begins with a letter");
  }
  if (std::ranges::any_of(kTakenBeginnings,
                          [&](std::string_view taken) { return name.starts_with(taken); })) {
    fail_metric(
        source, name,
        fmt::format(": expected a name that begins with none of {}, which Throng's own metrics begin with",
                    fmt::join(kTakenBeginnings, ", ")));
  }
}

}  // namespace

std::vector<SqlMetric> read_metrics(const Json& json, const std::string& source) {
  std::vector<SqlMetric> metrics;
  for (const auto& [name, stated] : json.items()) {
    check_metric_name(name, source);
    SqlMetric metric{.name = name,
                     .sql = stated["sql"].get<std::string>(),
                     .title = stated.value("title", name),
                     .unit = stated.value("unit", "")};
    if (const std::string fault = sql_fault(metric.sql); !fault.empty())
      fail_metric(source, name, "/sql: " + fault);
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

Json write_metrics(std::span<const SqlMetric> metrics) {
  Json json = Json::object();
  for (const SqlMetric& metric : metrics) {
    json[metric.name] = {{"sql", metric.sql}, {"title", metric.title}, {"unit", metric.unit}};
  }
  return json;
}

}  // namespace throng
