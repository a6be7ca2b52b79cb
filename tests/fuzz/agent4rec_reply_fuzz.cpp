// Any reply, to any page of titles, is a reading that holds together. The input is titles, one a line, then an empty
// line and the reply.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/agent4rec/answer_reply.h"
#include "agents/minds/reading/title_match.h"
#include "agents/session_record.h"
#include "engine/base/text.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using throng::require;

std::vector<std::string> take_titles(std::string_view& input) {
  constexpr std::size_t most = 20;
  std::vector<std::string> titles;
  while (!input.empty() && titles.size() < most) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string title(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    if (title.empty()) break;
    titles.push_back(title);
  }
  return titles;
}

void require_valid(std::string_view text) {
  require(throng::is_valid_utf8(text), "a text is not valid UTF-8");
}

void check_titles(const std::vector<std::string>& titles) {
  const throng::TitleMatcher matcher(titles);
  for (std::size_t position = 0; position < titles.size(); ++position) {
    const bool is_read_whole = titles[position].size() <= throng::kLongestTitle;
    if (!is_read_whole || throng::trimmed(titles[position]).empty()) continue;
    const auto found = matcher.match(titles[position]);
    for (const std::size_t at : found) require(at < titles.size(), "a position is not on the page");
    require(std::ranges::is_sorted(found), "positions are not ascending");
    require(std::ranges::find(found, position) != found.end(), "a title does not name its item");
  }
}

void check_reaction(std::string_view reply, const std::vector<std::string>& titles,
                    const throng::AllowedActions& allowed) {
  const throng::PageReading page = throng::read_reaction(reply, titles, allowed);
  require(page.items.size() == titles.size(), "the reading is not parallel to the page");
  std::size_t rated = 0;
  for (const throng::ItemReading& item : page.items) {
    rated += item.rating ? 1 : 0;
    require(!item.rating || (*item.rating >= 1 && *item.rating <= 5), "a rating is not 1 to 5");
    require(!page.complete() || item.aligned.has_value(), "complete without a verdict");
    require(!page.complete() || (!item.reason.empty() && (!item.rating || !item.feeling.empty())),
            "complete without words");
    require(!page.complete() || !item.chosen || item.rating, "complete without a chosen item's rating");
    require_valid(item.reason);
    require_valid(item.feeling);
    for (const auto& [kind, words] : item.further) {
      require_valid(words);
      require(is_allowed(throng::info_of(kind), allowed), "done where it may not be");
    }
  }
  require(page.viewed.size() == rated, "viewed and rated items differ");
  for (const std::size_t position : page.viewed)
    require(page.items.at(position).rating.has_value(), "viewed but not rated");
  require(page.problems.size() <= 20, "too many problems");
  for (const std::string& problem : page.problems) require_valid(problem);
}

void check_decision(std::string_view reply, const throng::AllowedActions& allowed) {
  const throng::DecisionReading decision = throng::read_decision(reply, allowed);
  require(decision.search.empty() || (allowed.search && decision.choice == throng::PageChoice::next),
          "a search that is none");
  require(decision.search.size() <= throng::kSearchBytes + 2, "a search that is too long");
  require_valid(decision.search);
  require(decision.complete() == decision.choice.has_value(), "complete without a choice");
  require(!decision.tag || decision.choice == decision.tag, "the tag is not the choice");
  require_valid(decision.reason);
  require_valid(decision.feeling);
}

void check_interview(std::string_view reply) {
  const throng::InterviewReading interview = throng::read_interview(reply);
  require(!interview.score || (*interview.score >= 1 && *interview.score <= 10), "a score is not 1 to 10");
  require(!interview.complete() || (interview.score && !interview.reason.empty()),
          "complete without score and reason");
  require_valid(interview.reason);
  for (const std::string& problem : interview.problems) require_valid(problem);
}

/// The titles are what there is to choose from; a scenario's options are valid UTF-8.
void check_answers(std::string_view reply, const std::vector<std::string>& titles) {
  using Kind = throng::InterviewQuestion::Kind;
  std::vector<std::string> options;
  for (const std::string& title : titles) options.push_back(throng::to_valid_utf8(title));
  for (const Kind kind : {Kind::score, Kind::choice, Kind::words}) {
    const throng::AnswerReading reading =
        throng::read_answer(reply, {.name = "q", .kind = kind, .least = 2, .most = 5, .options = options});
    const throng::Answer& answer = reading.answer;
    require(!answer.score || (*answer.score >= 2 && *answer.score <= 5), "a score is not 2 to 5");
    require(answer.choice.empty() || std::ranges::find(options, answer.choice) != options.end(),
            "a choice is none of the options");
    require(kind != Kind::words || reading.complete() == !answer.words.empty(), "complete without words");
    require_valid(answer.words);
    for (const std::string& problem : reading.problems) require_valid(problem);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> titles = take_titles(input);
  check_titles(titles);
  for (const throng::AllowedActions& allowed : {throng::AllowedActions(), throng::kAllActions}) {
    check_reaction(input, titles, allowed);
    check_decision(input, allowed);
  }
  check_interview(input);
  check_answers(input, titles);
  return 0;
}
