#include "scenarios/profiles/profile_calls.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace throng {
namespace {

constexpr Purpose kProfileSampling{"profile/sampling"};

}  // namespace

ProfileCalls::ProfileCalls(const Questions& questions, LlmMindOptions options, std::size_t at_once,
                           const Draws& draws, Gateway& gateway)
    : questions_(questions),
      options_(std::move(options)),
      at_once_(std::max<std::size_t>(1, at_once)),
      draws_(draws),
      gateway_(gateway) {}

bool ProfileCalls::ask_all(std::span<const std::size_t> subjects, const std::function<bool()>& goes_on) {
  for (auto next = subjects.begin();;) {
    for (; next != subjects.end() && open_.size() < at_once_; ++next)
      ask({.subject = *next, .messages = {{llm::Role::user, questions_.words(*next)}}});
    if (open_.empty()) return true;
    std::vector<std::pair<CallKey, std::string>>
        replies;  // asked anew only when the gateway is done with these
    gateway_.wait(
        [&](const CallKey& key, std::string reply) { replies.emplace_back(key, std::move(reply)); });
    for (const auto& [key, reply] : replies) {
      const auto open = open_.find(key);
      Open asked = std::move(open->second);
      open_.erase(open);
      answered(std::move(asked), reply);
    }
    if (!goes_on()) return false;
  }
}

void ProfileCalls::ask(Open open) {
  const std::uint64_t bits = draws_.bits(
      kProfileSampling,
      {.agent = static_cast<std::uint32_t>(open.subject), .page = static_cast<std::uint16_t>(open.attempt)});
  const llm::ChatRequest chat{.model = options_.models.front(),
                              .messages = open.messages,
                              .schema = questions_.schema,
                              .temperature = options_.temperature,
                              .seed = static_cast<std::int64_t>(bits >> 33U),  // servers take 31 bits
                              .max_tokens = options_.max_tokens};
  ExternalRequest request{.parts = llm::logical_parts(chat)};
  const CallKey key{.actor = ActorId(open.subject), .request = request_hash(request.parts)};
  open_.emplace(key, std::move(open));
  gateway_.submit(key, std::move(request));
}

void ProfileCalls::answered(Open open, const std::string& reply) {
  const llm::Completion completion = llm::completion_from(reply);
  const auto output = read_structured(completion, *questions_.schema);
  std::string problem;
  if (const auto* fitting = std::get_if<llm::Output>(&output)) {
    problem = questions_.take(open.subject, fitting->value);
  } else {
    problem = std::get<std::string>(output);
  }
  if (problem.empty()) return;
  if (open.attempt == options_.repairs) {
    unusable_.push_back(open.subject);
    last_problem_ = std::move(problem);
    return;
  }
  ++open.attempt;
  const std::string said = completion.refusal.empty() ? completion.text : completion.refusal;
  open.messages.push_back({llm::Role::assistant, said.empty() ? "(nothing)" : said});
  open.messages.push_back(
      {llm::Role::user,
       fmt::format(
           "Your answer could not be used: {}. Give the whole answer again, in the form that was asked for.",
           problem)});
  ask(std::move(open));
}

std::vector<std::size_t> ProfileCalls::unusable() const {
  std::vector<std::size_t> sorted = unusable_;
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace throng
