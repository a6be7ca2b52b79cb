#include "agents/played/profile_answer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/played/prompt_reading.h"
#include "engine/base/json.h"
#include "llm/mock/chat_call.h"

namespace throng::played {
namespace {

using llm::mock::ContentFault;

constexpr Purpose kProfileFault("mock/profile/fault");
constexpr Purpose kProfileKnown("mock/profile/known");

struct MetItem {
  std::string title;
  std::vector<std::string> genres;
  std::optional<double> rated;
};

struct ProfilePrompt {
  bool about_user = false;
  std::vector<MetItem> items;
  Hash128 key;
};

std::vector<std::string> listed_genres(std::string_view text) {
  std::vector<std::string> genres;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(", "), text.size());
    genres.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return genres;
}

/// `"title" | "genres" | rated 4`, where genres and rating may be missing.
std::optional<MetItem> met_item(std::string_view line) {
  std::optional<std::string> title = take_quoted(line);
  if (!title) return std::nullopt;
  MetItem item{.title = std::move(*title)};
  while (line.starts_with(" | ")) {
    line.remove_prefix(3);
    if (line.starts_with("rated ")) {
      item.rated = first_number(line);
      line = line.substr(std::min(line.find(" | "), line.size()));
    } else if (const auto genres = take_quoted(line)) {
      item.genres = listed_genres(*genres);
    }
  }
  return item;
}

void read_line(std::string_view line, std::string& section, ProfilePrompt& prompt, bool& is_asked) {
  if (line == "HISTORY" || line == "ITEM") {
    section = line;
    prompt.items.clear();
    prompt.about_user = line == "HISTORY";
  } else if (line == "PERSONA" || line == "PROFILE") {
    is_asked = true;
    section.clear();
  } else if (section == "HISTORY" && line.starts_with("- ")) {
    if (auto item = met_item(line.substr(2))) prompt.items.push_back(std::move(*item));
  } else if (section == "ITEM") {
    if (auto item = met_item(line)) prompt.items.push_back(std::move(*item));
    section.clear();
  }
}

std::optional<ProfilePrompt> read_profile_prompt(const llm::mock::ChatCall& call) {
  ProfilePrompt prompt;
  std::string section;
  bool is_asked = false;
  std::string text(call.model);
  for (const llm::JsonView message : call.messages.items()) {
    std::string_view content = message["content"].text();
    text.append(1, '\n').append(content);
    if (message["role"].text() == "assistant") continue;
    while (!content.empty()) {
      const std::string_view line = content.substr(0, content.find('\n'));
      content.remove_prefix(std::min(content.size(), line.size() + 1));
      read_line(line, section, prompt, is_asked);
    }
  }
  if (!is_asked || (!prompt.about_user && prompt.items.empty())) return std::nullopt;
  if (call.format == llm::mock::ReplyFormat::json_schema &&
      !call.schema["properties"][prompt.about_user ? "tastes" : "known"])
    return std::nullopt;
  prompt.key = hash128(text);
  return prompt;
}

struct MetGenre {
  std::string name;
  double weight = 0;
  double ratings = 0;
  double count = 0;
  const MetItem* best = nullptr;

  double mean() const { return ratings / count; }
};

/// The heaviest first, ties in the order of their names.
std::vector<MetGenre> genres_of(const std::vector<MetItem>& items) {
  std::map<std::string, MetGenre> by_name;
  for (const MetItem& item : items) {
    for (const std::string& name : item.genres) {
      MetGenre& genre = by_name[name];
      const double rated = item.rated.value_or(3.5);
      genre.name = name;
      genre.weight += std::max(0.0, rated - 2.5);
      genre.ratings += rated;
      genre.count += 1;
      if (genre.best == nullptr || rated > genre.best->rated.value_or(3.5)) genre.best = &item;
    }
  }
  std::vector<MetGenre> genres;
  for (auto& [name, genre] : by_name) genres.push_back(std::move(genre));
  std::ranges::stable_sort(genres, std::ranges::greater{}, &MetGenre::weight);
  return genres;
}

Json taste_json(const std::string& taste, const MetItem& item) {
  return {{"taste", taste},
          {"reason", item.rated ? fmt::format("I gave {} a {}.", item.title, *item.rated)
                                : fmt::format("I chose {}.", item.title)}};
}

Json persona_json(const std::vector<MetItem>& items) {
  constexpr std::size_t most = 4;
  const std::vector<MetGenre> genres = genres_of(items);
  Json tastes = Json::array();
  for (const MetGenre& genre : genres) {
    if (tastes.size() == most || genre.weight == 0) break;
    tastes.push_back(taste_json(fmt::format("I enjoy {}.", genre.name), *genre.best));
  }
  for (std::size_t i = 0; i < items.size() && tastes.size() < most && genres.empty(); ++i)
    tastes.push_back(taste_json(fmt::format("I like things such as {}.", items[i].title), items[i]));
  if (tastes.empty())
    tastes.push_back({{"taste", "I like to be surprised."}, {"reason", "I have met little."}});
  const auto lowest = std::ranges::min_element(genres, {}, &MetGenre::mean);
  const bool dislikes = lowest != genres.end() && lowest->mean() < 3;
  return {{"tastes", tastes},
          {"high_rating", genres.empty() ? "Whatever comes close to what I know."
                                         : fmt::format("Above all {}.", genres.front().name)},
          {"low_rating", dislikes ? fmt::format("Above all {}.", lowest->name) : ""}};
}

Json item_json(const MetItem& item, const Draws& draws) {
  const bool known = draws.uniform(kProfileKnown, {}) < 0.9;
  const std::string kind =
      item.genres.empty() ? "One of its kind" : fmt::format("A story of {}", fmt::join(item.genres, " and "));
  return {{"known", known}, {"summary", known ? fmt::format("{}, called {}.", kind, item.title) : ""}};
}

std::string spoilt(const Json& answer, const ProfilePrompt& prompt, const Draws& draws) {
  switch (draws.below(prompt.about_user ? 4 : 3, kProfileFault, {})) {
    case 0:
      return answer.dump().substr(0, answer.dump().size() / 2);
    case 1:
      return "I'm sorry, but I can't help with that request.";
    case 2:
      return "[]";
    default:
      break;
  }
  Json without = answer;
  without["tastes"] = Json::array();
  return without.dump();
}

}  // namespace

std::optional<llm::mock::SourcedContent> profile_content(const llm::mock::ChatCall& call) {
  const std::optional<ProfilePrompt> read = read_profile_prompt(call);
  if (!read) return std::nullopt;
  const auto prompt = std::make_shared<const ProfilePrompt>(*read);
  return llm::mock::SourcedContent{
      .key = prompt->key, .text = [prompt](ContentFault fault, const Draws& draws) {
        const Json answer =
            prompt->about_user ? persona_json(prompt->items) : item_json(prompt->items.front(), draws);
        return fault == ContentFault::no ? answer.dump() : spoilt(answer, *prompt, draws);
      }};
}

}  // namespace throng::played
