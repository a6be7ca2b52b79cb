#include "agents/interview/question.h"

#include <algorithm>
#include <array>

#include "engine/base/hash.h"

namespace throng {
namespace {

constexpr Purpose kAsked{"interview/asked"};

constexpr std::array<const char*, 3> kKindNames{"score", "choice", "words"};

InterviewQuestion::Kind kind_from(const std::string& text) {
  const auto found = std::ranges::find(kKindNames, text);
  return found == kKindNames.end() ? InterviewQuestion::Kind::words
                                   : static_cast<InterviewQuestion::Kind>(found - kKindNames.begin());
}

}  // namespace

const char* to_string(InterviewQuestion::Kind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }

InterviewQuestion question_from(const Json& json) {
  InterviewQuestion question{.name = json.at("name").get<std::string>(),
                             .text = json.at("text").get<std::string>(),
                             .kind = kind_from(json.at("kind").get<std::string>())};
  read_if_there(json, "least", question.least);
  read_if_there(json, "most", question.most);
  read_if_there(json, "options", question.options);
  read_if_there(json, "share", question.share);
  if (json.value("when", "exit") == "end") question.when = InterviewQuestion::When::end;
  return question;
}

Json to_json(const InterviewQuestion& question) {
  Json json = {{"name", question.name}, {"text", question.text}, {"kind", to_string(question.kind)}};
  if (question.kind == InterviewQuestion::Kind::score)
    json.update({{"least", question.least}, {"most", question.most}});
  if (question.kind == InterviewQuestion::Kind::choice) json["options"] = question.options;
  if (question.share != 1) json["share"] = question.share;
  if (question.when == InterviewQuestion::When::end) json["when"] = "end";
  return json;
}

std::uint32_t number_of(const InterviewQuestion& question) {
  return static_cast<std::uint32_t>(hash128(question.name).low);
}

std::vector<const InterviewQuestion*> questions_for(std::span<const InterviewQuestion> all, ActorId agent,
                                                    bool is_last, const Draws& draws) {
  std::vector<const InterviewQuestion*> asked;
  for (const InterviewQuestion& question : all) {
    if (question.when == InterviewQuestion::When::end && !is_last) continue;
    const DrawAddress at{.agent = static_cast<std::uint32_t>(agent), .item = number_of(question)};
    if (draws.uniform(kAsked, at) < question.share) asked.push_back(&question);
  }
  return asked;
}

}  // namespace throng
