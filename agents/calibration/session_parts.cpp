// What happens after a page and after a session: leaving, and the interview.
#include <algorithm>
#include <cmath>

#include "agents/calibration/likelihoods.h"
#include "agents/calibration/part.h"

namespace throng {
namespace {

using Scale = Unknown::Scale;
using Prior = Unknown::Prior;

constexpr std::size_t kScores = 10;

/// ln P(score) of an ordered logit.
double log_score(const StatisticalParameters& parameters, double line, std::size_t score) {
  const std::vector<double>& cuts = parameters.interview_cuts;
  if (score == 1) return log_sigma(cuts.front() - line);
  if (score == kScores) return log_sigma(line - cuts.back());
  const double low = cuts[score - 2] - line;
  const double high = cuts[score - 1] - line;
  // sigma(high) - sigma(low) = (1 - e^(low - high)) sigma(high) sigma(-low)
  return std::log(-std::expm1(low - high)) + log_sigma(high) + log_sigma(-low);
}

}  // namespace

Part exit_part() {
  Part part{.name = "exit",
            .likelihood = "Bernoulli after each page but the last, logit: activity, fatigue, satisfaction",
            .intercepts = {{.parameter = "exit_base", .index = Unknown::kEveryGroup, .prior = Prior{0, 10}}}};
  for (std::size_t group = 0; group < 3; ++group)
    part.unknowns.push_back({.parameter = "exit_base", .index = group, .prior = Prior{0, 10}});
  part.unknowns.push_back({.parameter = "exit_fatigue", .prior = Prior{0, 20}});
  for (std::size_t group = 1; group < 3; ++group)
    part.unknowns.push_back({.parameter = "exit_tiring", .index = group, .prior = Prior{0, 7}});
  part.unknowns.push_back({.parameter = "exit_satisfaction", .prior = Prior{0, 10}});
  part.neutral = [](StatisticalParameters& parameters) {
    parameters.exit_base = parameters.exit_tiring = {};
    parameters.exit_fatigue = parameters.exit_satisfaction = 0;
  };
  part.log_likelihood = [](const StatisticalParameters& parameters, const RecordedSession& session) {
    double sum = 0;
    for (const RecordedPage& page : session.pages) {
      if (!page.exits) continue;
      const double logit = exit_logit(parameters, page.satisfaction, page.page, session.traits.activity);
      sum += log_sigma(*page.exits ? logit : -logit);
    }
    return sum;
  };
  part.observations = [](const RecordedSession& session) {
    return static_cast<std::size_t>(std::ranges::count_if(
        session.pages, [](const RecordedPage& page) { return page.exits.has_value(); }));
  };
  return part;
}

Part interview_part() {
  Part part{.name = "interview", .likelihood = "ordered logit with own cut points: activity, satisfaction"};
  for (std::size_t cut = 0; cut + 1 < kScores; ++cut) {
    part.intercepts.push_back(
        {.parameter = "interview_cuts", .index = cut, .scale = cut == 0 ? Scale::plain : Scale::step});
  }
  part.unknowns = part.intercepts;
  for (std::size_t group = 1; group < 3; ++group)
    part.unknowns.push_back({.parameter = "interview_base", .index = group, .prior = Prior{0, 2}});
  part.unknowns.push_back({.parameter = "interview_satisfaction", .prior = Prior{0, 20}});
  part.neutral = [](StatisticalParameters& parameters) {
    parameters.interview_cuts.clear();
    for (std::size_t cut = 1; cut < kScores; ++cut)
      parameters.interview_cuts.push_back(static_cast<double>(cut) - 5);
    parameters.interview_base = {};
    parameters.interview_satisfaction = 0;
  };
  part.log_likelihood = [](const StatisticalParameters& parameters, const RecordedSession& session) {
    if (!session.score) return 0.0;
    const double line = interview_line(parameters, session.satisfaction, session.traits.activity);
    return log_score(parameters, line, *session.score);
  };
  // Half an interview, spread over all scores: a score that nobody gave would set its cut points infinitely far apart.
  part.log_prior = [](const StatisticalParameters& parameters) {
    double sum = 0;
    for (std::size_t score = 1; score <= kScores; ++score)
      sum += 0.5 / kScores * log_score(parameters, 0, score);
    return sum;
  };
  part.observations = [](const RecordedSession& session) { return session.score ? 1U : 0U; };
  return part;
}

}  // namespace throng
