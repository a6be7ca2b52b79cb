#include "scenarios/transcripts/comparison.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/reading/reply_fields.h"
#include "engine/base/error.h"
#include "engine/base/statistics.h"
#include "scenarios/transcripts/session.h"

namespace throng {
namespace {

/// What stands in a label or was read of a page, in words that can be compared and shown.
struct PageWords {
  std::set<std::string> aligned;  ///< item ids
  std::set<std::string> viewed;   ///< item ids
  std::vector<double> ratings;    ///< in the order of the page
  std::string decision;           ///< "next", "exit", "unclear"
};

std::string name_of(std::optional<PageChoice> choice) {
  if (!choice) return "unclear";
  return *choice == PageChoice::next ? "next" : "exit";
}

std::vector<std::string> lines_with(std::string_view reply, FieldKind kind) {
  std::vector<std::size_t> numbers;
  for (const ReplyField& field : reply_fields(reply)) {
    if (field.kind == kind && (numbers.empty() || numbers.back() != field.line))
      numbers.push_back(field.line);
  }
  std::vector<std::string> lines;
  std::size_t number = 0;
  for (auto next = numbers.begin(); next != numbers.end() && !reply.empty(); ++number) {
    const std::size_t end = std::min(reply.find('\n'), reply.size());
    if (number == *next) {
      lines.emplace_back(reply.substr(0, end));
      ++next;
    }
    reply.remove_prefix(std::min(end + 1, reply.size()));
  }
  return lines;
}

std::vector<std::string> all_lines(std::string_view reply) {
  std::vector<std::string> lines;
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find('\n'), reply.size());
    if (end > 0) lines.emplace_back(reply.substr(0, end));
    reply.remove_prefix(std::min(end + 1, reply.size()));
  }
  return lines;
}

/// Agents' means by position, all their sessions together, and those of all agents.
class PositionReadings {
 public:
  void add(AgentId agent, const PageReading& page) {
    std::vector<Values>& places = agents_[agent];
    if (places.size() < page.items.size()) places.resize(page.items.size());
    for (std::size_t i = 0; i < page.items.size(); ++i) {
      const ItemReading& item = page.items[i];
      if (item.aligned) places[i].aligned.push_back(*item.aligned ? 1 : 0);
      places[i].viewed.push_back(item.rating ? 1 : 0);
      if (item.rating) places[i].rating.push_back(*item.rating);
    }
  }
  std::vector<PositionFigures> figures() const {
    std::vector<Values> all;  // by position: one value an agent
    std::vector<std::size_t> shown;
    for (const auto& [agent, places] : agents_) {
      if (all.size() < places.size()) all.resize(places.size());
      shown.resize(all.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        shown[i] += places[i].viewed.size();
        for (const auto values : {&Values::aligned, &Values::viewed, &Values::rating}) {
          if (!(places[i].*values).empty()) (all[i].*values).push_back(mean_of(places[i].*values));
        }
      }
    }
    std::vector<PositionFigures> figures;
    for (std::size_t i = 0; i < all.size(); ++i) {
      figures.push_back({.position = i + 1,
                         .shown = shown[i],
                         .aligned = over_agents(all[i].aligned),
                         .viewed = over_agents(all[i].viewed),
                         .rating = over_agents(all[i].rating)});
    }
    return figures;
  }

 private:
  struct Values {
    std::vector<double> aligned;
    std::vector<double> viewed;
    std::vector<double> rating;
  };
  static AgentMean over_agents(const std::vector<double>& values) {
    return {.agents = values.size(), .mean = mean_of(values), .standard_error = standard_error_of(values)};
  }

  std::map<AgentId, std::vector<Values>> agents_;  ///< by position: one value an item
};

class Comparer {
 public:
  explicit Comparer(const Catalogue& catalogue) : catalogue_(catalogue) {}

  void add(const Transcript& transcript) {
    const auto next = AgentId(static_cast<std::uint32_t>(sessions_of_.size()));
    auto& [agent, sessions] =
        sessions_of_.try_emplace(transcript.agent, next, std::uint16_t{0}).first->second;
    Outcome outcome{
        .agent = agent, .round = sessions++, .pages = static_cast<std::uint32_t>(transcript.pages.size())};
    ++result_.sessions;
    result_.thoughts += transcript.thoughts;
    for (const TranscriptPage& page : transcript.pages) add_page(transcript, page, outcome);
    const bool has_score = transcript.interview && add_interview(transcript, outcome);
    outcomes_.push_back(outcome);
    if (has_score) scored_.push_back(outcome);
  }

  TranscriptComparison finish() && {
    const auto of_score = [](const Metric& metric) { return metric.name == "s_sat"; };
    result_.agents = sessions_of_.size();
    result_.metrics = headline_metrics(outcomes_);
    result_.positions = positions_.figures();
    const std::vector<Metric> of_scored = headline_metrics(scored_);
    std::ranges::replace_if(result_.metrics, of_score, *std::ranges::find_if(of_scored, of_score));
    return std::move(result_);
  }

 private:
  void add_page(const Transcript& transcript, const TranscriptPage& page, Outcome& outcome) {
    const PageReading reaction = read_reaction(page, catalogue_);
    const DecisionReading decision = read_decision(page.decision, kAllActions);
    positions_.add(outcome.agent, reaction);
    ++result_.pages;
    result_.complete_reactions += reaction.complete() ? 1 : 0;
    result_.choices_by_tag += decision.tag ? 1 : 0;
    result_.choices_by_words += decision.choice && !decision.tag ? 1 : 0;
    outcome.shown += static_cast<std::uint32_t>(page.recommended.size());
    outcome.viewed += static_cast<std::uint32_t>(reaction.viewed.size());
    for (const std::size_t position : reaction.viewed) {
      outcome.liked += *reaction.items[position].rating >= kLikedRating ? 1 : 0;
    }
    const Place place{.line = transcript.line, .agent = transcript.agent, .page = page.page};
    const PageWords read = words_of(page, reaction, decision);
    if (page.label) compare(place, page, read, decision);
    if (page.recorded_watched) {
      const std::set<std::string> recorded(page.recorded_watched->begin(), page.recorded_watched->end());
      count(result_.recorded, recorded == read.viewed);
    }
    const bool is_in_question = page.label && page.label->decision != read.decision;
    if (decision.choice && !decision.tag && !is_in_question) {
      question(place, "decision by words", page.label ? page.label->decision : "", name_of(decision.choice),
               all_lines(page.decision));
    }
    for (const std::string& problem : reaction.problems)
      question(place, "problem", {}, problem, all_lines(page.reaction));
    for (const std::string& problem : decision.problems)
      question(place, "problem", {}, problem, all_lines(page.decision));
  }

  struct Place {
    std::size_t line;
    std::string agent;
    std::int64_t page;
  };

  PageWords words_of(const TranscriptPage& page, const PageReading& reaction,
                     const DecisionReading& decision) const {
    PageWords words{.decision = name_of(decision.tag)};
    for (std::size_t position = 0; position < reaction.items.size(); ++position) {
      const ItemReading& item = reaction.items[position];
      const std::string& id = catalogue_[page.recommended[position]].external_id;
      if (item.aligned == true) words.aligned.insert(id);
      if (!item.rating) continue;
      words.viewed.insert(id);
      words.ratings.push_back(*item.rating);
    }
    return words;
  }

  /// A label's ratings in the order of the page; ids that are not on the page come last.
  std::vector<double> ratings_by_position(const TranscriptPage& page) const {
    std::vector<std::pair<std::size_t, double>> ratings;
    for (std::size_t i = 0; i < page.label->viewed.size(); ++i) {
      const auto at = std::ranges::find_if(page.recommended, [&](ItemId item) {
        return catalogue_[item].external_id == page.label->viewed[i];
      });
      ratings.emplace_back(at - page.recommended.begin(), page.label->ratings[i]);
    }
    std::ranges::stable_sort(ratings, {}, &std::pair<std::size_t, double>::first);
    std::vector<double> sorted;
    for (const auto& [position, rating] : ratings) sorted.push_back(rating);
    return sorted;
  }

  void compare(const Place& place, const TranscriptPage& page, const PageWords& read,
               const DecisionReading& decision) {
    const PageLabel& label = *page.label;
    const PageWords parsed{.aligned = {label.aligned.begin(), label.aligned.end()},
                           .viewed = {label.viewed.begin(), label.viewed.end()},
                           .ratings = ratings_by_position(page),
                           .decision = label.decision};
    bool all = true;
    const auto check = [&](LabelField field, bool agrees, const std::string& parsed_text,
                           const std::string& read_text, const auto& lines) {
      count(result_.fields[static_cast<std::size_t>(field)], agrees);
      all = all && agrees;
      if (!agrees)
        question(place, kLabelFields[static_cast<std::size_t>(field)], parsed_text, read_text, lines());
    };
    const auto align_lines = [&] { return lines_with(page.reaction, FieldKind::align); };
    const auto rating_lines = [&] { return lines_with(page.reaction, FieldKind::rating); };
    check(LabelField::aligned, parsed.aligned == read.aligned, titles_text(page, parsed.aligned),
          titles_text(page, read.aligned), align_lines);
    check(LabelField::viewed, parsed.viewed == read.viewed, titles_text(page, parsed.viewed),
          titles_text(page, read.viewed), rating_lines);
    check(LabelField::ratings, parsed.ratings == read.ratings,
          fmt::format("{}", fmt::join(parsed.ratings, ", ")),
          fmt::format("{}", fmt::join(read.ratings, ", ")), rating_lines);
    const std::string by_words = decision.tag ? "" : fmt::format("; its words: {}", name_of(decision.choice));
    check(LabelField::decision, parsed.decision == read.decision, parsed.decision, read.decision + by_words,
          [&] { return all_lines(page.decision); });
    count(result_.all_fields, all);
  }

  /// Titles where the page has the id, else the id.
  std::string titles_text(const TranscriptPage& page, const std::set<std::string>& ids) const {
    std::vector<std::string> texts;
    for (const std::string& id : ids) {
      const auto at = std::ranges::find_if(page.recommended,
                                           [&](ItemId item) { return catalogue_[item].external_id == id; });
      texts.push_back(at == page.recommended.end() ? id : catalogue_[*at].title);
    }
    return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, " | "));
  }

  /// Whether there is a score.
  bool add_interview(const Transcript& transcript, Outcome& outcome) {
    const InterviewReading reading = read_interview(*transcript.interview);
    const Place place{.line = transcript.line, .agent = transcript.agent, .page = 0};
    ++result_.interviews;
    result_.complete_interviews += reading.complete() ? 1 : 0;
    outcome.score = static_cast<std::uint32_t>(reading.score.value_or(0));
    if (transcript.interview_score) {
      const bool agrees = reading.score == transcript.interview_score;
      count(result_.fields[static_cast<std::size_t>(LabelField::interview)], agrees);
      if (!agrees) {
        question(place, "interview", std::to_string(*transcript.interview_score),
                 reading.score ? std::to_string(*reading.score) : "none", all_lines(*transcript.interview));
      }
    }
    for (const std::string& problem : reading.problems) {
      question(place, "problem", {}, problem, all_lines(*transcript.interview));
    }
    return reading.score.has_value();
  }

  static void count(Agreement& agreement, bool agrees) {
    ++agreement.compared;
    agreement.agreeing += agrees ? 1 : 0;
  }

  void question(const Place& place, std::string_view field, std::string parsed, std::string read,
                std::vector<std::string> text) {
    result_.in_question.push_back({.line = place.line,
                                   .agent = place.agent,
                                   .page = place.page,
                                   .field = std::string(field),
                                   .parsed = std::move(parsed),
                                   .read = std::move(read),
                                   .text = std::move(text)});
  }

  const Catalogue& catalogue_;
  /// By name: the agent's number and how many transcripts it has had.
  std::map<std::string, std::pair<AgentId, std::uint16_t>, std::less<>> sessions_of_;
  PositionReadings positions_;
  TranscriptComparison result_;
  std::vector<Outcome> outcomes_;
  std::vector<Outcome> scored_;
};

}  // namespace

TranscriptComparison compare_transcripts(TranscriptReader& transcripts, const Catalogue& catalogue) {
  Comparer comparer(catalogue);
  std::size_t count = 0;
  for (; const auto transcript = transcripts.next(); ++count) comparer.add(*transcript);
  if (count == 0) throw Failure(ErrorKind::data, "the transcripts file holds no transcript");
  return std::move(comparer).finish();
}

}  // namespace throng
