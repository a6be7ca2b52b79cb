#include "agents/calibration/part.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace throng {
namespace {

const ParameterInfo& info_of(std::string_view parameter) {
  return *std::ranges::find(statistical_parameters(), parameter, &ParameterInfo::name);
}

/// Where the number stands; of a group of three under one number the first.
double& number_in(StatisticalParameters& parameters, const Unknown& unknown) {
  const auto& member = info_of(unknown.parameter).member;
  if (const auto* one = std::get_if<ParameterInfo::One>(&member)) return parameters.*(*one);
  const std::size_t index = unknown.index == Unknown::kEveryGroup ? 0 : unknown.index;
  if (const auto* by_group = std::get_if<ParameterInfo::ByGroup>(&member))
    return (parameters.*(*by_group))[index];
  return (parameters.*std::get<ParameterInfo::List>(member))[index];
}

double number_in(const StatisticalParameters& parameters, const Unknown& unknown) {
  StatisticalParameters copy = parameters;
  return number_in(copy, unknown);
}

double number_before(const StatisticalParameters& parameters, Unknown unknown) {
  --unknown.index;
  return number_in(parameters, unknown);
}

double to_scale(const Unknown& unknown, const StatisticalParameters& parameters) {
  const double value = number_in(parameters, unknown);
  switch (unknown.scale) {
    case Unknown::Scale::positive:
      return std::log(value);
    case Unknown::Scale::share:
      return std::log(value / (1 - value));
    case Unknown::Scale::step:
      return std::log(value - number_before(parameters, unknown));
    case Unknown::Scale::plain:
      break;
  }
  return value;
}

double from_scale(const Unknown& unknown, double searched, const StatisticalParameters& parameters) {
  switch (unknown.scale) {
    case Unknown::Scale::positive:
      return std::exp(searched);
    case Unknown::Scale::share:
      return sigma(searched);
    case Unknown::Scale::step:
      return number_before(parameters, unknown) + std::exp(searched);
    case Unknown::Scale::plain:
      break;
  }
  return searched;
}

}  // namespace

std::string Unknown::label() const {
  const bool is_one = std::holds_alternative<ParameterInfo::One>(info_of(parameter).member);
  return is_one || index == kEveryGroup ? std::string(parameter)
                                        : fmt::format("{}[{}]", parameter, index + 1);
}

Eigen::VectorXd searched(const std::vector<Unknown>& unknowns, const StatisticalParameters& parameters) {
  Eigen::VectorXd numbers(static_cast<Eigen::Index>(unknowns.size()));
  std::ranges::transform(unknowns, numbers.begin(),
                         [&](const Unknown& unknown) { return to_scale(unknown, parameters); });
  return numbers;
}

void write(const std::vector<Unknown>& unknowns, const Eigen::VectorXd& searched,
           StatisticalParameters& parameters) {
  for (std::size_t i = 0; i < unknowns.size(); ++i) {
    const Unknown& unknown = unknowns[i];
    const double value = from_scale(unknown, searched[static_cast<Eigen::Index>(i)], parameters);
    if (unknown.index == Unknown::kEveryGroup) {
      (parameters.*std::get<ParameterInfo::ByGroup>(info_of(unknown.parameter).member)).fill(value);
    } else {
      number_in(parameters, unknown) = value;
    }
  }
}

Eigen::VectorXd values(const std::vector<Unknown>& unknowns, const StatisticalParameters& parameters) {
  Eigen::VectorXd numbers(static_cast<Eigen::Index>(unknowns.size()));
  std::ranges::transform(unknowns, numbers.begin(),
                         [&](const Unknown& unknown) { return number_in(parameters, unknown); });
  return numbers;
}

std::vector<Part> calibration_parts(const RecordedShape& shape) {
  return {alignment_part(shape), view_part(shape), rating_part(shape), exit_part(), interview_part()};
}

}  // namespace throng
