#include "scenarios/interviews/remembered_agent.h"

#include <utility>

#include <fmt/format.h>

namespace throng {
namespace {

/// Passes calls on and keeps what a language model was asked last.
class Overheard : public CallSink {
 public:
  Overheard(Gateway& gateway, std::vector<std::string>& last) : gateway_(gateway), last_(last) {}

  void submit(const CallKey& key, ExternalRequest request) override {
    if (request.kind == RequestKind::completion) last_ = request.parts;
    gateway_.submit(key, std::move(request));
  }

 private:
  Gateway& gateway_;
  std::vector<std::string>& last_;
};

Task<void> answer(Actor& self, Mind& mind, const Situation& situation, const InterviewQuestion& question,
                  std::optional<Answer>& said) {
  said = co_await mind.answer(self, situation, question);
}

/// Lets the scheduler's actors come to their end.
void finish(Scheduler& scheduler, Gateway& gateway) {
  scheduler.run();
  while (scheduler.unfinished() > 0) {
    std::vector<std::pair<CallKey, std::string>>
        replies;  // the next is asked when the gateway is done with these
    gateway.wait([&](const CallKey& key, std::string reply) { replies.emplace_back(key, std::move(reply)); });
    for (auto& [key, reply] : replies) scheduler.complete(key, std::move(reply));
    scheduler.run();
  }
}

/// The page that an interview is addressed by: that of the exit, or the one that comes next.
std::uint16_t page_of_interview(const SessionRecord& session) {
  const auto pages = static_cast<std::uint16_t>(session.pages.size());
  const bool exits = pages > 0 && session.pages.back().decision && session.pages.back().decision->exits;
  return exits ? pages : pages + 1;
}

}  // namespace

RememberedAgent::RememberedAgent(const Scenario& scenario, Dataset dataset, const RunReader& run,
                                 AgentId agent, FitObserver& observer)
    : scenario_(scenario),
      dataset_(std::move(dataset)),
      split_(split_for(scenario, dataset_)),
      draws_(scenario.seed),
      space_(dataset_.catalogue, split_.train),
      population_(dataset_, space_, scenario.population, draws_),
      mean_ratings_(dataset_.mean_ratings()),
      minds_(scenario.minds,
             {.dataset = dataset_,
              .space = space_,
              .population = population_,
              .train = split_.train,
              .mean_ratings = mean_ratings_,
              .max_pages = scenario.session.max_pages,
              .seed = scenario.seed},
             draws_, observer),
      agent_(agent) {
  for (SessionRecord& session : run.sessions(agent)) {
    remember_session(session, scenario.session, memory_);
    last_ = std::move(session);
  }
  if (last_.pages.empty())
    throw Failure(ErrorKind::usage,
                  fmt::format("agent {} has visited no page: it remembers nothing", index(agent)));
}

std::optional<Answer> RememberedAgent::ask(const InterviewQuestion& question, Gateway& gateway) {
  const Profile profile = population_.profile(agent_);
  const Situation situation{.agent = agent_,
                            .round = last_.round,
                            .page = page_of_interview(last_),
                            .profile = profile,
                            .memory = memory_,
                            .max_pages = scenario_.session.max_pages,
                            .notes = notes_,
                            .allowed = scenario_.session.actions,
                            .visited = static_cast<std::uint16_t>(last_.pages.size())};
  Overheard sink(gateway, last_prompt_);
  Scheduler scheduler(
      Window{.round = last_.round, .begin = last_.started, .end = last_.ended + Duration(1), .is_last = true},
      &sink);
  std::optional<Answer> said;
  scheduler.spawn(agent_, last_.ended,
                  [&](Actor& self) { return answer(self, minds_.mind(), situation, question, said); });
  finish(scheduler, gateway);
  return said;
}

}  // namespace throng
