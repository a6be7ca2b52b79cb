#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agents/minds/mind.h"
#include "agents/ranker.h"
#include "agents/session_record.h"
#include "engine/sim/external.h"
#include "scenarios/validation/training_world.h"

namespace throng {

/// Items put before one agent, on one page or on several.
struct AskedPage {
  AgentId agent{};
  std::vector<ItemId> items;
};

/// A recommender as in a run: fitted on the training part, stopped early by validation where it does that. `options`: as a
/// scenario's, of a kind that is fitted here.
std::unique_ptr<Recommender> fitted_recommender(const Json& options, const TrainingWorld& world,
                                                FitObserver& observer);

/// How a command asks its agents.
struct Asking {
  Gateway* gateway = nullptr;  ///< whom language models are asked through; null: nobody is asked
  std::function<bool()> wants_stop = [] { return false; };
};

/// Where and how agents have a session.
struct Sitting {
  Ranker& ranker;
  Mind& mind;
  SessionOptions session;
  const Interactions& not_recommended;  ///< users x items
  std::uint16_t round = 0;              ///< of the draws: other rounds, other luck
};

/// A session of each of the agents (ascending, none twice), with the run's machinery; by agent. Throws what the gateway throws, and
/// Failure(stopped) if it was to stop.
std::vector<SessionRecord> play(const TrainingWorld& world, const Sitting& sitting,
                                std::vector<AgentId> agents, const Asking& asking);

/// The same, before given items in place of rankings, `items_per_page` of them a page. `pages`: of ascending agents, none twice.
std::vector<SessionRecord> play_given(const TrainingWorld& world, Mind& mind,
                                      std::span<const AskedPage> pages, const SessionOptions& session,
                                      const Asking& asking);

/// What agents make of one page each: sessions that consist of that page, without memories, decisions, reflections and interviews;
/// a language model gets the prompt of page 1 of 1. `pages`: of ascending agents, none twice, none empty. Parallel to
/// them; none where the reply could not be used. `round`: as of a Sitting. Throws as `play`.
std::vector<std::optional<PageRecord>> ask(TrainingWorld& world, std::span<const AskedPage> pages,
                                           const Asking& asking, std::uint16_t round = 0);

}  // namespace throng
