#include "scenarios/run/remote_teaching.h"

#include <utility>

#include <fmt/format.h>

namespace throng {
namespace {

Json page_json(const PageRecord& page, const remote::Names& names) {
  Json shown = Json::array();
  for (const Impression& impression : page.impressions) {
    Json& entry = shown.emplace_back(Json{{"item", names.item(impression.item)},
                                          {"aligned", impression.aligned},
                                          {"viewed", impression.viewed}});
    if (impression.viewed) entry["rating"] = impression.rating;
  }
  return shown;
}

}  // namespace

RemoteTeaching::RemoteTeaching(std::string model, const remote::Names& names, const TrainingData& rows,
                               const Population& population)
    : model_(std::move(model)), names_(names), rows_(rows), population_(population) {}

void RemoteTeaching::start(Teach teach) {
  teach_ = std::move(teach);
  state_.clear();
  sessions_ = Json::array();
}

void RemoteTeaching::fit(const remote::FitRequest& request, Interactions train) {
  train_ = std::move(train);
  round_ = request.round;
  teach("/fit", remote::fit_content(request, train_, names_));
}

void RemoteTeaching::collect(std::span<const SessionRecord> sessions) {
  for (const SessionRecord& session : sessions) {
    Json pages = Json::array();
    for (const PageRecord& page : session.pages) {
      if (!page.degraded()) pages.push_back(page_json(page, names_));
    }
    sessions_.push_back({{"user", names_.user(row_of(session.agent))},
                         {"agent", index(session.agent)},
                         {"pages", std::move(pages)}});
  }
}

void RemoteTeaching::end_window(int round) {
  teach("/feedback", {{"round", round}, {"sessions", std::exchange(sessions_, Json::array())}});
  round_ = round + 1;
}

ExternalRequest RemoteTeaching::request(ActorId agent, const RankingRequest& request, std::size_t k) const {
  const std::span<const ItemId> history =
      request.query.user ? train_.items_of(*request.query.user) : request.query.history;
  return {.parts = {remote::context_text({.model = model_, .state = state_, .round = round_, .k = k}),
                    remote::question_text(names_, request, history, index(agent))}};
}

std::vector<ItemId> RemoteTeaching::ranking(std::string_view reply) const {
  return remote::items_of_ranking(reply, names_);
}

UserId RemoteTeaching::row_of(AgentId agent) const {
  const UserId row = rows_.row_of(agent);
  return index(row) < train_.num_users() ? row : population_.user_of(agent);
}

void RemoteTeaching::teach(std::string target, const Json& content) {
  remote::Lesson lesson = remote::make_lesson(std::move(target), state_, content);
  state_ = lesson.state;
  if (teach_) teach_(std::move(lesson));
}

remote::Names names_for(const Dataset& dataset, const Population& population) {
  remote::Names names(dataset);
  for (std::size_t agent = population.first_sampled(); agent < population.size(); ++agent) {
    const UserId user = population.user_of(AgentId(agent));
    const std::string name = fmt::format("{}@{}", dataset.users[index(user)].external_id, agent);
    if (!names.add_user(name)) {
      throw Failure(
          ErrorKind::usage,
          fmt::format("/population: an agent sampled from the users is called {}, but so is a user of {}",
                      name, dataset.name));
    }
  }
  return names;
}

}  // namespace throng
