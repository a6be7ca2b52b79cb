#include "scenarios/run/recorder.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <SQLiteCpp/Exception.h>
#include <cereal/types/map.hpp>

#include "engine/base/statistics.h"
#include "engine/ranks/packing.h"

namespace throng {
namespace {

/// Ranks tell rank 0 how far they are; a person does not see more.
constexpr std::chrono::milliseconds kTellEvery{100};

}  // namespace

// For packing.

template <class Archive>
void serialize(Archive& archive, WindowSums& sums) {
  archive(sums.digests, sums.exposures, sums.positions, sums.quality, sums.agents, sums.pages);
}

void WindowSums::add(const PartitionResult& result) {
  digests.emplace_back(result.number, result.digest);
  exposures.merge(result.exposures);
  positions.merge(result.positions);
  for (const SessionRecord& session : result.sessions) quality.add(session);
  agents += result.sessions.size();
  pages += result.pages;
}

void WindowSums::merge(const WindowSums& other) {
  std::ranges::copy(other.digests, std::back_inserter(digests));
  exposures.merge(other.exposures);
  positions.merge(other.positions);
  quality.merge(other.quality);
  agents += other.agents;
  pages += other.pages;
}

Recorder::Recorder(RunWriter& writer, std::filesystem::path file, Store store, Progress& progress,
                   const InterruptGuard& interrupt, const Simulation& simulation, Ranks& ranks)
    : writer_(writer),
      file_(std::move(file)),
      store_(store),
      progress_(progress),
      interrupt_(interrupt),
      ranks_(ranks),
      catalogue_(simulation.dataset().catalogue),
      agents_(simulation.population().size()),
      own_agents_(own_agents(ranks, simulation.population())),
      rounds_(simulation.scenario().rounds),
      how_far_(ranks.size()) {}

void Recorder::on_offline_accuracy(std::uint16_t /*round*/, const Accuracy& accuracy) { offline_ = accuracy; }

void Recorder::on_window_started(const Window& window) {
  window_ = WindowSums(catalogue_.size());
  before_window_ = outcomes_.size();
  // Few runs have so many rounds that room for one more each time would be copied often; of one round nothing is copied.
  const std::size_t most = outcomes_.size() + (index(own_agents_.second) - index(own_agents_.first));
  if (most > outcomes_.capacity()) outcomes_.reserve(std::max(most, outcomes_.capacity() * 3 / 2));
  round_ = window.round;
  progress_.on_round(window.round + 1U, rounds_);
}

void Recorder::on_partition(const PartitionResult& result) {
  if (store_ == Store::full) writing(file_, [&] { writer_.write_sessions(result.sessions); });
  window_.add(result);
  std::ranges::transform(result.sessions, std::back_inserter(outcomes_), outcome_of);
  const auto now = std::chrono::steady_clock::now();
  if (!ranks_.is_first() && now - told_ < kTellEvery) return;
  told_ = now;
  tell_progress();
}

void Recorder::tell_progress() {
  HowFar& own = how_far_[ranks_.self()];
  own = {.round = round_, .agents = window_.agents, .pages = window_.pages};
  if (!ranks_.is_first()) return ranks_.send(Channel::progress, 0, pack(own));
  while (const std::optional<Ranks::Message> told = ranks_.receive(Channel::progress))
    how_far_[told->from] = unpack<HowFar>(told->content);
  const HowFar all = how_far();
  progress_.on_agents(all.agents, agents_, all.pages);
}

/// In this window.
Recorder::HowFar Recorder::how_far() const {
  HowFar all;
  for (const HowFar& rank : how_far_) {
    if (rank.round != round_) continue;
    all.agents += rank.agents;
    all.pages += rank.pages;
  }
  return all;
}

std::pair<std::size_t, std::size_t> Recorder::so_far() const {
  const HowFar now = how_far();
  return {sessions_ + now.agents, pages_ + now.pages};
}

WindowSums Recorder::sums_of_all_ranks() {
  if (ranks_.is_alone()) return std::move(window_);
  if (!ranks_.is_first()) tell_progress();
  const std::vector<std::string> others = ranks_.gather(ranks_.is_first() ? "" : pack(window_));
  if (ranks_.is_first()) tell_progress();
  for (std::size_t rank = 1; rank < others.size(); ++rank) window_.merge(unpack<WindowSums>(others[rank]));
  return std::move(window_);
}

void Recorder::on_window_finished(const Window& window) {
  const WindowSums sums = sums_of_all_ranks();
  const bool is_only = window.round == 0 && window.is_last;
  std::vector<Metric> headline;
  if (!is_only) headline = headline_metrics(std::span(outcomes_).subspan(before_window_), ranks_);
  on_all(ranks_, [&] {
    writing(file_, [&] {
      if (ranks_.is_first()) write_figures(window, sums, headline);
      writer_.commit();
    });
    return "";
  });
  sessions_ += sums.agents;
  pages_ += sums.pages;
  how_far_.assign(ranks_.size(), {.round = round_});
  ++windows_;
  reply_quality_.merge(sums.quality);
}

void Recorder::write_figures(const Window& window, const WindowSums& sums, std::span<const Metric> headline) {
  digest_.on_window_started(window);
  for (const auto& [partition, digest] : sums.digests) digest_.add(partition, digest);
  digest_.on_window_finished(window);
  writer_.write_window(window, digest_.of_window());
  writer_.write_figures(window.round, sums.exposures);
  writer_.write_positions(window.round, sums.positions);
  if (offline_) writer_.write_offline(window.round, *offline_);
  if (!headline.empty()) writer_.write_headline(window.round, headline);
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
