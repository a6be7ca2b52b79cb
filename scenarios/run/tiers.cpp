#include "scenarios/run/tiers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/ranks/packing.h"

namespace throng {
namespace {

constexpr std::uint64_t kResampling = 1;

}  // namespace

void Tiers::on_window_started(const Window& window) {
  is_first_ = window.round == 0;
  next_.on_window_started(window);
}

void Tiers::on_partition(const PartitionResult& result) {
  for (const SessionRecord& session : result.sessions) {
    const bool is_model = minds_.asks(session.agent);
    if (is_first_ && is_model) first_sessions_.push_back(session);
    if (is_first_) continue;
    const TraitGroups traits = population_.traits_of(session.agent);
    if (is_model) {
      models_[session.agent].add(session, traits);
    } else if (minds_.is_fitted(session.agent)) {
      fitted_.add(session, traits);
    }
  }
  next_.on_partition(result);
}

Json Tiers::comparison(Ranks& ranks) const {
  std::vector<Behaviour> own;
  for (const auto& [agent, behaviour] : models_) own.push_back(behaviour);
  std::vector<Behaviour> models;
  Behaviour fitted;
  for (const std::string& of_rank : ranks.gather(pack(std::pair(own, fitted_)))) {
    auto [of_models, of_fitted] = unpack<std::pair<std::vector<Behaviour>, Behaviour>>(of_rank);
    std::ranges::move(of_models, std::back_inserter(models));
    fitted.merge(of_fitted);
  }
  return ranks.is_first() ? gaps_json(behaviour_gaps(models, fitted, kResampling)) : Json();
}

}  // namespace throng
