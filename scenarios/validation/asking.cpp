#include "scenarios/validation/asking.h"

#include <algorithm>
#include <map>

#include "agents/platform.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

/// "Ranks" what it was given for each user.
class GivenPages : public Ranker {
 public:
  explicit GivenPages(std::span<const AskedPage> pages, const Population& population) {
    for (const AskedPage& page : pages) items_[population.user_of(page.agent)] = page.items;
  }

  void fit(const FitInput& /*input*/, std::uint16_t /*round*/, FitObserver& /*observer*/) override {}
  std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                   std::size_t /*k*/) const override {
    auto given = std::make_unique<OfPartition>();
    for (const RankingRequest& request : requests) given->items.push_back(items_.at(*request.query.user));
    return given;
  }

 private:
  struct OfPartition : PartitionRankings {
    Task<std::span<const ItemId>> rank(Actor& /*self*/, std::size_t session) override {
      co_return items[session];
    }
    std::vector<std::span<const ItemId>> items;
  };

  std::map<UserId, std::span<const ItemId>> items_;
};

template <class T>
Task<std::optional<T>> ready(std::optional<T> value) {
  co_return value;
}

/// Reacts as the mind does, and is asked for nothing else.
class OnlyReacts : public Mind {
 public:
  explicit OnlyReacts(Mind& mind) : mind_(mind) {}

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override {
    return mind_.react(self, situation, page);
  }
  Task<std::optional<Decision>> decide(Actor& /*self*/, const Situation& /*situation*/) override {
    return ready<Decision>(Decision{.exits = true});
  }
  Task<std::optional<Reflection>> reflect(Actor& /*self*/, const Situation& /*situation*/) override {
    return ready<Reflection>(std::nullopt);
  }
  Task<std::optional<Interview>> interview(Actor& /*self*/, const Situation& /*situation*/) override {
    return ready<Interview>(std::nullopt);
  }

 private:
  Mind& mind_;
};

class StoppableCollector : public SessionCollector {
 public:
  explicit StoppableCollector(const std::function<bool()>& wants_stop) : wants_stop_(wants_stop) {}
  bool wants_stop() const override { return wants_stop_(); }

 private:
  const std::function<bool()>& wants_stop_;
};

SessionOptions one_page(std::span<const AskedPage> pages) {
  std::size_t items = 1;
  for (const AskedPage& page : pages) items = std::max(items, page.items.size());
  return {.items_per_page = static_cast<std::uint16_t>(items), .max_pages = 1};
}

}  // namespace

std::unique_ptr<Recommender> fitted_recommender(const Json& options, const TrainingWorld& world,
                                                FitObserver& observer) {
  std::unique_ptr<Recommender> recommender = make_recommender(options).value();
  recommender->fit({.train = world.split().train,
                    .validation = &world.split().validation,
                    .test = &world.split().test,
                    .seed = world.seed(),
                    .dataset = &world.training()},
                   observer);
  return recommender;
}

std::vector<SessionRecord> play(const TrainingWorld& world, const Sitting& sitting,
                                std::vector<AgentId> agents, const Asking& asking) {
  World shown{.population = world.population(),
              .catalogue = world.catalogue(),
              .ranker = sitting.ranker,
              .not_recommended = sitting.not_recommended,
              .mean_ratings = world.mean_ratings()};
  const Window window{.round = sitting.round,
                      .begin = VirtualTime{},
                      .end = VirtualTime{} + 2 * longest_session(sitting.session),
                      .is_last = true};
  StoppableCollector collector(asking.wants_stop);
  Platform platform(shown, sitting.mind, sitting.session, world.draws(), std::move(agents), asking.gateway);
  if (!platform.run_window(window, collector)) throw Failure(ErrorKind::stopped, "interrupted");
  return std::move(collector.sessions);
}

std::vector<SessionRecord> play_given(const TrainingWorld& world, Mind& mind,
                                      std::span<const AskedPage> pages, const SessionOptions& session,
                                      const Asking& asking, std::uint16_t round) {
  GivenPages given(pages, world.population());
  const Interactions nothing(world.training().users.size(), world.catalogue().size(), {}, {});
  std::vector<AgentId> agents;
  for (const AskedPage& page : pages) agents.push_back(page.agent);
  return play(world,
              {.ranker = given, .mind = mind, .session = session, .not_recommended = nothing, .round = round},
              std::move(agents), asking);
}

std::vector<std::optional<PageRecord>> ask(TrainingWorld& world, std::span<const AskedPage> pages,
                                           const Asking& asking, std::uint16_t round) {
  OnlyReacts mind(world.minds().mind());
  std::vector<std::optional<PageRecord>> answers;
  for (SessionRecord& session : play_given(world, mind, pages, one_page(pages), asking, round)) {
    std::optional<PageRecord>& answer = answers.emplace_back();
    if (!session.pages.empty() && !session.pages.front().degraded())
      answer = std::move(session.pages.front());
  }
  return answers;
}

}  // namespace throng
