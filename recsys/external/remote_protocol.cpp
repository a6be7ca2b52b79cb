#include "recsys/external/remote_protocol.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace throng::remote {
namespace {

Json names_of(std::span<const ItemId> items, const Names& names) {
  Json list = Json::array();
  for (const ItemId item : items) list.push_back(names.item(item));
  return list;
}

std::vector<ItemId> all_of(const std::vector<std::span<const ItemId>>& lists) {
  std::vector<ItemId> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// What the answer to one question must be like.
struct Expected {
  std::string user;                  ///< JSON
  std::vector<std::uint8_t> barred;  ///< per item: excluded, or ranked already
  std::size_t length = 0;
};

Expected expected_for(const std::string& question, std::size_t k, const Names& names) {
  const Json asked = Json::parse(question);
  Expected expected{.user = asked["user"].dump(), .barred = std::vector<std::uint8_t>(names.num_items(), 0)};
  for (const Json& item : asked["exclude"])
    expected.barred[index(names.find_item(item.get<std::string>()).value())] = 1;
  const auto left = names.num_items() - static_cast<std::size_t>(std::ranges::count(expected.barred, 1));
  expected.length = std::min(k, left);
  return expected;
}

std::string shown(const Json& value) {
  constexpr std::size_t kMost = 60;
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return printable(text.size() > kMost ? text.substr(0, kMost) + "..." : text);
}

Error wrong(const std::string& field, const std::string& problem) {
  return {ErrorKind::stopped, fmt::format("/rank answered {}: {}", field, problem)};
}

/// The ranking at `rankings[n]`, or what is wrong with it.
Result<std::string> read_ranking(const Json& ranking, std::size_t n, Expected expected, const Names& names) {
  const std::string path = fmt::format("/rankings/{}", n);
  if (!ranking.is_object()) return wrong(path, fmt::format("expected an object, not {}", shown(ranking)));
  if (!ranking.contains("user")) return wrong(path + "/user", "missing");
  if (ranking["user"].dump() != expected.user) {
    return wrong(path + "/user",
                 fmt::format("{}, expected {}: one ranking per user, in the order of the request",
                             shown(ranking["user"]), printable(expected.user)));
  }
  if (!ranking.contains("items") || !ranking["items"].is_array())
    return wrong(path + "/items", "expected an array of item ids");
  const Json& items = ranking["items"];
  if (items.size() != expected.length) {
    return wrong(path + "/items", fmt::format("{} items, expected {}", items.size(), expected.length));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string place = fmt::format("{}/items/{}", path, i);
    if (!items[i].is_string())
      return wrong(place, fmt::format("{}, expected the id of an item, a string", shown(items[i])));
    const auto item = names.find_item(items[i].get_ref<const std::string&>());
    if (!item) return wrong(place, fmt::format("{} is no item of the catalogue", shown(items[i])));
    std::uint8_t& barred = expected.barred[index(*item)];
    if (barred != 0) {
      return wrong(place, fmt::format("{} {}", shown(items[i]),
                                      barred == 1 ? "was to be excluded" : "is ranked twice"));
    }
    barred = 2;
  }
  return items.dump();
}

}  // namespace

Names::Names(const Dataset& dataset) {
  for (const User& user : dataset.users) users_.add(user.external_id);
  for (const Item& item : dataset.catalogue.items) items_.add(item.external_id);
}

std::optional<ItemId> Names::find_item(std::string_view name) const {
  const auto position = items_.find(name);
  if (!position) return std::nullopt;
  return ItemId{*position};
}

Lesson make_lesson(std::string target, std::string_view before, const Json& content) {
  const std::string text = content.dump();
  std::string state = hash128(fmt::format("{} {} {}", before, target, text)).hex();
  std::string body = fmt::format(R"({{"state":"{}",{})", state, std::string_view(text).substr(1));
  return {.target = std::move(target), .body = std::move(body), .state = std::move(state)};
}

Json fit_content(const FitRequest& request, const Interactions& train, const Names& names) {
  Json rows = Json::array();
  for (std::uint32_t row = 0; row < train.num_users(); ++row) {
    rows.push_back(
        {{"user", names.user(UserId{row})}, {"items", names_of(train.items_of(UserId{row}), names)}});
  }
  Json items = Json::array();
  for (std::uint32_t item = 0; item < names.num_items(); ++item) items.push_back(names.item(ItemId{item}));
  return {{"round", request.round},
          {"seed", request.seed},
          {"start", request.start == FitStart::warm ? "warm" : "cold"},
          {"items", std::move(items)},
          {"train", std::move(rows)}};
}

std::string context_text(const RankContext& context) {
  return Json{{"protocol", kProtocol},
              {"model", context.model},
              {"state", context.state},
              {"round", context.round},
              {"k", context.k}}
      .dump();
}

std::string question_text(const Names& names, const RankingRequest& request, std::span<const ItemId> history,
                          std::optional<std::uint32_t> agent) {
  Json question{{"user", request.query.user ? Json(names.user(*request.query.user)) : Json()}};
  if (agent) question["agent"] = *agent;
  question["history"] = names_of(history, names);
  question["exclude"] = names_of(all_of(request.excluded), names);
  return question.dump();
}

std::string rank_body(std::string_view context, std::span<const std::string> questions) {
  return fmt::format(R"({{"context":{},"users":[{}]}})", context, fmt::join(questions, ","));
}

Result<std::vector<std::string>> read_rankings(std::string_view body, std::string_view context,
                                               std::span<const std::string> questions, const Names& names) {
  const Result<Json> reply = parse_json(body, "/rank", ErrorKind::stopped);
  if (!reply) return Error{ErrorKind::stopped, "the answer is not JSON: " + reply.error().message};
  if (!reply->is_object() || !reply->contains("rankings") || !(*reply)["rankings"].is_array())
    return wrong("/rankings", "expected an object with an array \"rankings\"");
  const Json& rankings = (*reply)["rankings"];
  if (rankings.size() != questions.size())
    return wrong("/rankings", fmt::format("{} rankings, expected {}", rankings.size(), questions.size()));
  const auto k = Json::parse(context)["k"].get<std::size_t>();
  std::vector<std::string> texts;
  texts.reserve(questions.size());
  for (std::size_t n = 0; n < questions.size(); ++n) {
    Result<std::string> text = read_ranking(rankings[n], n, expected_for(questions[n], k, names), names);
    if (!text) return text.error();
    texts.push_back(*std::move(text));
  }
  return texts;
}

std::vector<ItemId> items_of_ranking(std::string_view ranking, const Names& names) {
  const Json list = Json::parse(ranking, nullptr, false);
  std::vector<ItemId> items;
  const auto is_ranking = [&] {
    return list.is_array() && std::ranges::all_of(list, [&](const Json& item) {
             const auto found = item.is_string() ? names.find_item(item.get<std::string>()) : std::nullopt;
             if (found) items.push_back(*found);
             return found.has_value();
           });
  };
  if (!is_ranking()) {
    throw Failure(ErrorKind::data, fmt::format("the journal holds {} for a ranking", shown(Json(ranking))));
  }
  return items;
}

Result<void> check_health(std::string_view body) {
  const Result<Json> reply = parse_json(body, "/health", ErrorKind::stopped);
  if (!reply) return Error{ErrorKind::stopped, "the answer is not JSON: " + reply.error().message};
  if (!reply->is_object() || !reply->contains("protocol") || (*reply)["protocol"] != kProtocol) {
    return Error{ErrorKind::stopped,
                 fmt::format("/health answered {}: expected {{\"protocol\": {}}}", shown(*reply), kProtocol)};
  }
  return {};
}

}  // namespace throng::remote
