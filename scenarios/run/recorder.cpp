#include "scenarios/run/recorder.h"

#include <SQLiteCpp/Exception.h>

#include "engine/base/statistics.h"

namespace throng {

Recorder::Recorder(RunWriter& writer, Store store, Progress& progress, const InterruptGuard& interrupt,
                   const Simulation& simulation)
    : writer_(writer),
      store_(store),
      progress_(progress),
      interrupt_(interrupt),
      catalogue_(simulation.dataset().catalogue),
      agents_(simulation.population().size()),
      rounds_(simulation.scenario().rounds) {}

void Recorder::on_offline_accuracy(std::uint16_t /*round*/, const Accuracy& accuracy) { offline_ = accuracy; }

void Recorder::on_window_started(const Window& window) {
  digest_.on_window_started(window);
  exposures_ = Exposures(catalogue_.size());
  positions_ = {};
  before_window_ = outcomes_.size();
  agents_done_ = 0;
  pages_in_window_ = 0;
  progress_.on_round(window.round + 1U, rounds_);
}

void Recorder::on_partition(const PartitionResult& result) {
  if (store_ == Store::full) writer_.write_sessions(result.sessions);
  for (const SessionRecord& session : result.sessions) {
    outcomes_.push_back(outcome_of(session));
    reply_quality_.add(session);
  }
  digest_.on_partition(result);
  exposures_.merge(result.exposures);
  positions_.merge(result.positions);
  pages_in_window_ += result.pages;
  agents_done_ += result.sessions.size();
  progress_.on_agents(agents_done_, agents_, pages_in_window_);
}

void Recorder::on_window_finished(const Window& window) {
  digest_.on_window_finished(window);
  writer_.write_window(window, digest_.of_window());
  writer_.write_figures(window.round, exposures_);
  writer_.write_positions(window.round, positions_);
  if (offline_) writer_.write_offline(window.round, *offline_);
  const bool is_only = window.round == 0 && window.is_last;
  if (!is_only)
    writer_.write_headline(window.round, headline_metrics(std::span(outcomes_).subspan(before_window_)));
  writer_.commit();
  pages_ += pages_in_window_;
  ++windows_;
}

void Recorder::on_stopped(std::span<const SessionRecord> over) {
  if (store_ == Store::summary) return;
  try {
    writer_.write_sessions(over);
  } catch (const SQLite::Exception&) {  // run.db cannot be written, which may be why the run stops
  }
}

Json Recorder::summary(const Scenario& scenario, std::span<const Metric> metrics) const {
  Json means = Json::object();
  Json errors = Json::object();
  Json half_widths = Json::object();
  Json agents = Json::object();
  Json pages = Json::object();
  for (const Metric& metric : metrics) {
    means[metric.name] = metric.mean;
    errors[metric.name] = metric.standard_error;
    const std::optional<double> half_width = half_width_95(metric.standard_error, metric.agents);
    half_widths[metric.name] = half_width ? Json(*half_width) : Json();
    agents[metric.name] = metric.agents;
    pages[metric.name] = metric.pages;
  }
  return {{"name", scenario.name},         {"version", THRONG_VERSION}, {"seed", scenario.seed},
          {"digest", digest().hex()},      {"agents", agents_},         {"pages", pages_},
          {"windows", windows_},           {"metrics", means},          {"standard_errors", errors},
          {"half_widths_95", half_widths}, {"metric_agents", agents},   {"metric_pages", pages}};
}

}  // namespace throng
