#include "agents/calibration/calibration.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/calibration/maximum_likelihood.h"
#include "engine/base/error.h"

namespace throng {
namespace {

using Sessions = std::vector<const RecordedSession*>;

double log_likelihood(const Part& part, const StatisticalParameters& parameters, const Sessions& sessions) {
  double sum = 0;
  for (const RecordedSession* session : sessions) sum += part.log_likelihood(parameters, *session);
  return sum;
}

std::size_t observations(const Part& part, const Sessions& sessions) {
  std::size_t sum = 0;
  for (const RecordedSession* session : sessions) sum += part.observations(*session);
  return sum;
}

/// A model of a part: which of its numbers are estimated, and what the others are.
class Model {
 public:
  Model(const Part& part, const std::vector<Unknown>& unknowns, StatisticalParameters start)
      : part_(part), unknowns_(unknowns), start_(std::move(start)) {}

  StatisticalParameters with(const Eigen::VectorXd& at) const {
    StatisticalParameters parameters = start_;
    write(unknowns_, at, parameters);
    return parameters;
  }

  LogDensity likelihood(const Sessions& sessions) const {
    return [this, &sessions](const Eigen::VectorXd& at) { return log_likelihood(part_, with(at), sessions); };
  }

  double log_prior(const Eigen::VectorXd& at) const {
    double sum = part_.log_prior ? part_.log_prior(with(at)) : 0;
    for (std::size_t i = 0; i < unknowns_.size(); ++i) {
      const auto& prior = unknowns_[i].prior;
      if (!prior) continue;
      const double z = (at[static_cast<Eigen::Index>(i)] - prior->mean) / prior->deviation;
      sum -= z * z / 2;
    }
    return sum;
  }

  Maximum fit(const Sessions& sessions) const {
    if (unknowns_.empty())
      return {.log_likelihood = log_likelihood(part_, start_, sessions), .converged = true};
    return maximise(
        likelihood(sessions), [this](const Eigen::VectorXd& at) { return log_prior(at); },
        searched(unknowns_, start_));
  }

  /// Standard errors on the numbers' own scales: by the derivatives of the numbers by what was searched.
  Eigen::VectorXd standard_errors(const Maximum& maximum) const {
    constexpr double h = 1e-5;
    const Eigen::Index size = maximum.at.size();
    Eigen::MatrixXd derivatives(size, size);
    for (Eigen::Index i = 0; i < size; ++i) {
      Eigen::VectorXd moved = maximum.at;
      moved[i] += h;
      const Eigen::VectorXd above = values(unknowns_, with(moved));
      moved[i] -= 2 * h;
      derivatives.col(i) = (above - values(unknowns_, with(moved))) / (2 * h);
    }
    return (derivatives * covariance(maximum.information) * derivatives.transpose())
        .diagonal()
        .cwiseMax(0)
        .cwiseSqrt();
  }

  std::vector<std::string> undecided(const Maximum& maximum, const Sessions& sessions) const {
    std::vector<std::string> sentences;
    for (const WeakDirection& direction : weak_directions(information_of(likelihood(sessions), maximum.at))) {
      std::vector<std::string> labels;
      for (const std::size_t unknown : direction.unknowns) labels.push_back(unknowns_[unknown].label());
      sentences.push_back(fmt::format("{}: the data hardly {}", fmt::join(labels, ", "),
                                      labels.size() == 1 ? "say anything about it" : "tell them apart"));
    }
    return sentences;
  }

 private:
  const Part& part_;
  const std::vector<Unknown>& unknowns_;
  StatisticalParameters start_;
};

/// Fits the part and writes its numbers into `parameters`.
FittedPart fit(const Part& part, const Sessions& fitted, const Sessions& held_out,
               StatisticalParameters& parameters) {
  FittedPart result{.name = std::string(part.name),
                    .likelihood = std::string(part.likelihood),
                    .fitted = {.observations = observations(part, fitted)},
                    .held_out = {.observations = observations(part, held_out)}};
  if (result.fitted.observations == 0) {
    result.undecided.push_back("nothing was recorded: the defaults stay");
    return result;
  }

  part.neutral(parameters);
  const Model intercepts(part, part.intercepts, parameters);
  const Maximum simple = intercepts.fit(fitted);
  result.fitted.intercepts = simple.log_likelihood;
  result.held_out.intercepts = log_likelihood(part, intercepts.with(simple.at), held_out);

  StatisticalParameters start = intercepts.with(simple.at);
  if (part.start) part.start(start);
  const Model model(part, part.unknowns, start);
  const Maximum maximum = model.fit(fitted);
  parameters = model.with(maximum.at);
  result.fitted.model = maximum.log_likelihood;
  result.held_out.model = log_likelihood(part, parameters, held_out);
  result.converged = maximum.converged;
  result.undecided = model.undecided(maximum, fitted);

  const Eigen::VectorXd numbers = values(part.unknowns, parameters);
  const Eigen::VectorXd errors = model.standard_errors(maximum);
  for (std::size_t i = 0; i < part.unknowns.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    result.numbers.push_back(
        {.label = part.unknowns[i].label(), .value = numbers[at], .standard_error = errors[at]});
  }
  return result;
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

/// Digits that no standard error leaves a meaning are not written, and every number lies within its bounds.
void tidy(StatisticalParameters& parameters) {
  for (const ParameterInfo& info : statistical_parameters()) {
    const auto within = [&](double& value) { value = std::clamp(rounded(value), info.least, info.most); };
    if (const auto* one = std::get_if<ParameterInfo::One>(&info.member)) {
      within(parameters.*(*one));
    } else if (const auto* by_group = std::get_if<ParameterInfo::ByGroup>(&info.member)) {
      std::ranges::for_each(parameters.*(*by_group), within);
    } else {
      std::ranges::for_each(parameters.*std::get<ParameterInfo::List>(info.member), within);
    }
  }
}

std::size_t agents_of(const Sessions& sessions) {
  std::set<std::string> names;
  for (const RecordedSession* session : sessions) names.insert(session->agent);
  return names.size();
}

RecordedShape shape_of(std::span<const RecordedSession> sessions) {
  RecordedShape shape;
  for (const RecordedSession& session : sessions) {
    for (const RecordedPage& page : session.pages) shape.places = std::max(shape.places, page.items.size());
    shape.has_habits = shape.has_habits || session.habit != 0;
  }
  shape.places = std::min(shape.places, kLongestList);
  return shape;
}

Calibration calibrate_parts(const std::vector<Part>& parts, std::span<const RecordedSession> sessions,
                            double held_out_share) {
  Sessions fitted;
  Sessions held_out;
  Calibration calibration;
  for (const RecordedSession& session : sessions) {
    (is_held_out(session.agent, held_out_share) ? held_out : fitted).push_back(&session);
    calibration.pages += session.pages.size();
    calibration.strange_pages += static_cast<std::size_t>(
        std::ranges::count_if(session.pages, [](const RecordedPage& page) { return !page.fits_formulas(); }));
  }
  if (fitted.empty()) throw Failure(ErrorKind::data, "there is no agent to fit to");
  calibration.fitted_agents = agents_of(fitted);
  calibration.held_out_agents = agents_of(held_out);
  for (const Part& part : parts)
    calibration.parts.push_back(fit(part, fitted, held_out, calibration.parameters));
  tidy(calibration.parameters);
  return calibration;
}

}  // namespace

Calibration calibrate(std::span<const RecordedSession> sessions, bool quality_is_popularity,
                      double held_out_share) {
  RecordedShape shape = shape_of(sessions);
  shape.quality_is_popularity = quality_is_popularity;
  return calibrate_parts(calibration_parts(shape), sessions, held_out_share);
}

Calibration calibrate_ratings(std::span<const RecordedSession> sessions, double held_out_share) {
  return calibrate_parts({rating_part(shape_of(sessions))}, sessions, held_out_share);
}

}  // namespace throng
