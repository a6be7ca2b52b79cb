// The list of a run's agents and their stories, for the page.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

Json hundredths(double value) { return std::round(value * 100) / 100; }

void set_hundredths(Json& json, const char* key, const std::optional<double>& value) {
  if (value) json[key] = hundredths(*value);
}

/// Values in the order in which they first came; each is known by its place.
class Dictionary {
 public:
  std::size_t place_of(const std::string& value) {
    const auto [found, is_new] = places_.try_emplace(value, places_.size());
    if (is_new) values_.push_back(value);
    return found->second;
  }
  const Json& values() const { return values_; }

 private:
  std::map<std::string, std::size_t> places_;
  Json values_ = Json::array();
};

/// The items of stories, each once.
class StoryItems {
 public:
  explicit StoryItems(const RunReader& run) : run_(run) {}

  std::size_t place_of(const Impression& shown) {
    const auto [found, is_new] = places_.try_emplace(shown.item, items_.size());
    if (is_new) {
      const StoredItem item = run_.item(shown.item);
      items_.push_back({item.title, with_commas(item.genres),
                        is_rated(shown.mean_rating) ? hundredths(shown.mean_rating) : Json()});
      bytes_ += json_for_script(items_.back()).size() + 1;
    }
    return found->second;
  }
  std::size_t bytes() const { return bytes_; }
  Json take() { return std::move(items_); }

 private:
  const RunReader& run_;
  std::map<ItemId, std::size_t> places_;
  Json items_ = Json::array();
  std::size_t bytes_ = 0;
};

// --- Stories -----------------------------------------------------------------------------------------------

/// The agent's own words about a page, or, of the last one, about the session as a whole.
enum class Scope { page, interview };

void set_words(Json& json, const SessionRecord& session, std::uint16_t page, Scope scope) {
  Json said = Json::array();
  for (const Saying& saying : session.notes.sayings) {
    if (saying.page == page && (saying.about == Saying::About::interview) == (scope == Scope::interview))
      said.push_back({saying.position, to_string(saying.about), saying.text});
  }
  if (!said.empty()) json["said"] = std::move(said);
  Json unusable = Json::array();
  for (const UnusableReply& reply : session.notes.unusable) {
    if (reply.page == page && is_of_interview(reply.step) == (scope == Scope::interview))
      unusable.push_back({to_string(reply.step), reply.problem, reply.reply});
  }
  if (!unusable.empty()) json["unusable"] = std::move(unusable);
}

Json impression_json(const PageRecord& page, std::size_t position, StoryItems& items) {
  const Impression& shown = page.impressions[position - 1];
  Json json = {items.place_of(shown), shown.aligned ? 1 : 0};
  for (const ActionInfo& info : action_kinds()) json.push_back(value_of(page.actions, position, info.kind));
  while (json.size() > 1 && json.back() == 0) json.erase(json.size() - 1);
  return json;
}

Json page_json(const SessionRecord& session, const PageRecord& page, StoryItems& items) {
  Json json = {{"at", format_time(page.shown_at)}, {"shown", Json::array()}};
  for (std::size_t position = 1; position <= page.impressions.size(); ++position)
    json["shown"].push_back(impression_json(page, position, items));
  if (page.shows_results()) json["results_of"] = page.results_of;
  for (const WordsBeside& beside : page.words) json["beside"].push_back({beside.position, beside.text});
  if (!page.prompt_order.empty()) json["order"] = page.prompt_order;
  set_hundredths(json, "satisfaction", page.satisfaction);
  if (page.degraded()) json["degraded"] = 1;
  if (page.decision) {
    set_hundredths(json, "so_far", page.decision->satisfaction);
    set_hundredths(json, "fatigue", page.decision->fatigue);
    if (page.decision->exits) json["exits"] = 1;
    if (!page.decision->search.empty()) json["search"] = page.decision->search;
  }
  if (page.reflection) json["reflection"] = hundredths(page.reflection->satisfaction);
  set_words(json, session, page.page, Scope::page);
  return json;
}

Json session_json(const SessionRecord& session, StoryItems& items) {
  Json json = {{"round", session.round + 1},
               {"began", format_time(session.started)},
               {"ended", format_time(session.ended)},
               {"pages", Json::array()}};
  for (const PageRecord& page : session.pages) json["pages"].push_back(page_json(session, page, items));
  if (session.interview) json["score"] = session.interview->score;
  if (session.abandoned()) json["abandoned"] = 1;
  if (!session.pages.empty()) set_words(json, session, session.pages.back().page, Scope::interview);
  for (const Answer& answer : session.answers) json["answers"].push_back(answer_text(answer));
  return json;
}

Json story_json(const RunReader& run, const StoredAgent& agent, StoryItems& items) {
  Json json = Json::object();
  if (!agent.persona.empty()) json["persona"] = agent.persona;
  if (agent.perturbed) json["own_taste"] = 1;
  if (agent.mind != "statistical") json["by_model"] = 1;
  json["sessions"] = Json::array();
  for (const SessionRecord& session : run.sessions(agent.agent))
    json["sessions"].push_back(session_json(session, items));
  return json;
}

// --- Rows --------------------------------------------------------------------------------------------------

/// What all sessions of an agent come to.
struct Visits {
  std::size_t sessions = 0;
  std::size_t shown = 0;
  std::size_t viewed = 0;
  std::size_t liked = 0;
  Outcome last{};
};

std::vector<Visits> visits_of(std::span<const Outcome> outcomes, std::size_t agents) {
  std::vector<Visits> visits(agents);
  for (const Outcome& outcome : outcomes) {
    Visits& all = visits.at(index(outcome.agent));
    ++all.sessions;
    all.shown += outcome.shown;
    all.viewed += outcome.viewed;
    all.liked += outcome.liked;
    all.last = outcome;
  }
  return visits;
}

Json genres_json(const std::string& joined, Dictionary& genres) {
  Json places = Json::array();
  std::istringstream names(joined);
  for (std::string name; std::getline(names, name, '|');) places.push_back(genres.place_of(name));
  return places;
}

Json row_json(const StoredAgent& agent, const Visits& visits, Dictionary& genres, Dictionary& minds) {
  return {index(agent.agent),
          agent.external_id,
          {agent.traits.activity, agent.traits.conformity, agent.traits.diversity},
          genres_json(agent.favourite_genres, genres),
          minds.place_of(agent.mind),
          visits.sessions,
          visits.shown,
          visits.viewed,
          visits.liked,
          visits.last.pages,
          visits.last.abandoned ? 1 : 0,
          visits.last.score ? Json(*visits.last.score) : Json()};
}

// --- The list ----------------------------------------------------------------------------------------------

/// 0 to agents - 1, in an order that depends on nothing else.
std::vector<std::uint32_t> drawn_order(std::size_t agents) {
  std::vector<std::uint32_t> order(agents);
  Draws(0).permutation(order, Purpose("report/agents"), {});
  return order;
}

/// Those numbers, ascending.
std::vector<StoredAgent> agents_at(const RunReader& run, std::span<const std::uint32_t> numbers) {
  std::vector<std::uint32_t> wanted(numbers.begin(), numbers.end());
  std::ranges::sort(wanted);
  std::vector<StoredAgent> agents;
  agents.reserve(wanted.size());
  const RowStream<StoredAgent> all = run.agents();
  while (const std::optional<StoredAgent> agent = all()) {
    if (agents.size() < wanted.size() && wanted[agents.size()] == index(agent->agent))
      agents.push_back(*agent);
  }
  return agents;
}

Json traits_json() {
  Json traits = Json::array();
  for (const TraitGroupFigures& group : trait_group_figures({}, {})) {
    if (group.group == 1) traits.push_back({{"name", group.trait}, {"words", Json::array()}});
    traits.back()["words"].push_back(group.word);
  }
  return traits;
}

Json actions_json() {
  Json actions = Json::array();
  for (const ActionInfo& info : action_kinds()) {
    actions.push_back({{"done", info.done},
                       {"form", info.form == ActionInfo::Form::flag     ? "flag"
                                : info.form == ActionInfo::Form::number ? "number"
                                                                        : "feeling"},
                       {"optional", info.is_optional ? 1 : 0}});
  }
  return actions;
}

Json feelings_json() {
  Json feelings = Json::array();
  for (std::uint8_t value = 0; value <= info_of(ActionKind::feel).most; ++value)
    feelings.push_back(to_string(static_cast<Feeling>(value)));
  return feelings;
}

/// Sentences above the list.
std::string about(std::size_t agents, std::size_t rows, std::size_t stories, const std::string& command) {
  if (stories == agents) return fmt::format("All {}, each with its story.", grouped(agents));
  constexpr const char* drawn = "drawn at random (the same ones in every run of so many agents)";
  return (rows == agents ? fmt::format("All {}, with the stories of {} of them, {}", grouped(agents),
                                       grouped(stories), drawn)
                         : fmt::format("{} of {}, {}, with the stories of {} of them", grouped(rows),
                                       grouped(agents), drawn, grouped(stories))) +
         fmt::format(": a page that opens quickly has no room for more. This command tells any story: {} N",
                     command);
}

}  // namespace

Json agent_list_json(const RunReader& run, const std::filesystem::path& folder,
                     const AgentListLimits& limits) {
  const std::size_t all = run.traits().size();
  if (all == 0) return nullptr;
  std::vector<std::uint32_t> order = drawn_order(all);
  order.resize(std::min(all, limits.agents));
  const std::vector<StoredAgent> agents = agents_at(run, order);
  const std::vector<Visits> visits = visits_of(run.outcomes(), all);

  Dictionary genres;
  Dictionary minds;
  Json rows = Json::array();
  for (const StoredAgent& agent : agents)
    rows.push_back(row_json(agent, visits[index(agent.agent)], genres, minds));

  StoryItems items(run);
  std::vector<Json> stories(agents.size());
  std::size_t told = 0;
  std::size_t bytes = 0;
  for (const std::uint32_t number : order) {
    const auto place = static_cast<std::size_t>(
        std::ranges::lower_bound(agents, AgentId(number), {}, &StoredAgent::agent) - agents.begin());
    Json story = story_json(run, agents[place], items);
    bytes += json_for_script(story).size() + 1;
    if (bytes + items.bytes() > limits.story_bytes) break;
    stories[place] = std::move(story);
    ++told;
  }
  const std::string command = story_command(folder);
  return {{"text", about(all, agents.size(), told, command)},
          {"item", item_name_of(run)},
          {"ratings_are", run.meta("ratings_are")},
          {"command", command},
          {"traits", traits_json()},
          {"genres", genres.values()},
          {"minds", minds.values()},
          {"feelings", feelings_json()},
          {"actions", actions_json()},
          {"rows", std::move(rows)},
          {"items", items.take()},
          {"stories", std::move(stories)}};
}

}  // namespace throng
