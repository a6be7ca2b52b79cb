#include <utility>

#include <fmt/format.h>

#include "agents/ranker.h"
#include "engine/base/log.h"

namespace throng {
namespace {

/// The names of a dataset and of the agents that are not among its users.
remote::Names names_for(const Dataset& dataset, const Population& population) {
  remote::Names names(dataset);
  for (std::size_t agent = population.first_of_its_own(); agent < population.size(); ++agent) {
    const UserId user = population.user_of(AgentId(agent));
    const std::string name = fmt::format("{}@{}", dataset.users[index(user)].external_id, agent);
    if (!names.add_user(name)) {
      throw Failure(ErrorKind::usage,
                    fmt::format("/population: an agent that is no user is called {}, but so is a user of {}",
                                name, dataset.name));
    }
  }
  return names;
}

Json told(const ActionInfo& info, std::uint8_t value) {
  return info.form == ActionInfo::Form::flag     ? Json(value > 0)
         : info.form == ActionInfo::Form::number ? Json(value)
                                                 : Json(info.text(value));
}

Json page_json(const PageRecord& page, const remote::Names& names) {
  Json shown = Json::array();
  for (const Impression& impression : page.impressions) {
    shown.push_back(
        {{"item", names.item(impression.item)}, {"aligned", impression.aligned}, {"viewed", false}});
    if (page.shows_results()) shown.back()["results_of"] = page.results_of;
  }
  for (const Action& action : page.actions) {
    const ActionInfo& info = info_of(action.kind);
    shown[action.position - 1U][info.done] = told(info, action.value);
  }
  return shown;
}

/// Asks when a session starts.
class AskedRankings : public PartitionRankings {
 public:
  AskedRankings(const RemoteRanker& ranker, std::vector<RankingRequest> requests, std::size_t k)
      : ranker_(ranker), requests_(std::move(requests)), rankings_(requests_.size()), k_(k) {}

  Task<std::span<const ItemId>> rank(Actor& self, std::size_t session) override {
    ExternalRequest request = ranker_.request(self.id(), requests_[session], k_);
    const std::string reply = co_await self.external(std::move(request));
    rankings_[session] = remote::items_of_ranking(reply, ranker_.names());
    co_return rankings_[session];
  }

 private:
  const RemoteRanker& ranker_;
  std::vector<RankingRequest> requests_;
  std::vector<std::vector<ItemId>> rankings_;
  std::size_t k_;
};

}  // namespace

RemoteRanker::RemoteRanker(std::string model, const Dataset& dataset, const TrainingData& rows,
                           const Population& population, Ranks& ranks)
    : model_(std::move(model)),
      rows_(rows),
      population_(population),
      ranks_(ranks),
      names_(names_for(dataset, population)) {}

void RemoteRanker::fit(const FitInput& input, std::uint16_t round, FitObserver& /*observer*/) {
  log_event(LogLevel::info, "fit", "the remote recommender is to learn",
            {{"round", round + 1}, {"interactions", input.train.size()}});
  train_ = input.train;
  to_learn_ = {.round = round, .seed = input.seed, .start = input.start};
}

void RemoteRanker::begin_window(const Window& window, Gateway* gateway) {
  Json sessions = sessions_of_all_ranks();
  window_ = window;
  state_ = on_first(ranks_, [&] {
    if (window.round == 0) {
      state_.clear();
    } else {
      tell(gateway, "/feedback", {{"round", window.round - 1}, {"sessions", std::move(sessions)}});
    }
    if (to_learn_.round == window.round)
      tell(gateway, "/fit", remote::fit_content(to_learn_, train_, names_));
    return state_;
  });
}

/// Those of the window that is over, in the order of agents; on rank 0 alone.
Json RemoteRanker::sessions_of_all_ranks() {
  Json sessions = std::exchange(sessions_, Json::array());
  if (ranks_.is_alone()) return sessions;
  Json of_all = Json::array();
  for (const std::string& of_rank : ranks_.gather(sessions.dump())) {
    for (Json& session : Json::parse(of_rank)) of_all.push_back(std::move(session));
  }
  return of_all;
}

void RemoteRanker::hear(const PartitionResult& result) {
  if (window_.is_last) return;  // nobody will be asked any more
  for (const SessionRecord& session : result.sessions) {
    Json pages = Json::array();
    for (const PageRecord& page : session.pages) {
      if (!page.degraded()) pages.push_back(page_json(page, names_));
    }
    sessions_.push_back({{"user", names_.user(row_of(session.agent))},
                         {"agent", index(session.agent)},
                         {"pages", std::move(pages)}});
  }
}

std::unique_ptr<PartitionRankings> RemoteRanker::for_partition(std::vector<RankingRequest> requests,
                                                               std::size_t k) const {
  return std::make_unique<AskedRankings>(*this, std::move(requests), k);
}

ExternalRequest RemoteRanker::request(AgentId agent, const RankingRequest& request, std::size_t k) const {
  const std::span<const ItemId> history =
      request.query.user ? train_.items_of(*request.query.user) : request.query.history;
  return {.kind = RequestKind::ranking,
          .parts = {remote::context_text({.model = model_, .state = state_, .round = window_.round, .k = k}),
                    remote::question_text(names_, request, history, index(agent))}};
}

UserId RemoteRanker::row_of(AgentId agent) const {
  const UserId row = rows_.row_of(agent);
  return index(row) < train_.num_users() ? row : population_.user_of(agent);
}

void RemoteRanker::tell(Gateway* gateway, std::string target, const Json& content) {
  remote::Lesson lesson = remote::make_lesson(std::move(target), state_, content);
  state_ = std::move(lesson.state);
  if (gateway != nullptr)
    gateway->tell(RequestKind::ranking, {std::move(lesson.target), std::move(lesson.body)});
}

}  // namespace throng
