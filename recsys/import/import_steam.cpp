#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/import/import_report.h"
#include "recsys/import/importers.h"
#include "recsys/import/interaction_log.h"
#include "recsys/import/record_lines.h"

namespace throng {
namespace {

constexpr std::string_view kGames = "steam_games";

/// What the reading of a file of interactions needs and gives.
struct Steam {
  InteractionLog log;
  std::vector<std::string> titles;  ///< by the position of the item; as far as the file names them
  bool times = false;
  bool hours = true;  ///< are the ratings in `log` hours?
  bool items_are_titles = false;
  std::string_view variant;

  void set_title(std::string_view item, std::string_view title) {
    const auto id = log.items().find(item);
    if (!id || *id < titles.size()) return;
    titles.resize(*id + 1);
    titles[*id] = trimmed(title);
  }
};

bool are_hours(const std::optional<double>& hours) { return hours && *hours >= 0 && std::isfinite(*hours); }

// --- play hours ---

std::string add_hours(std::span<const std::string_view> fields, Steam& steam) {
  if (fields.size() < 3) return "fewer than 3 fields: user, title, hours";
  std::string_view field = trimmed(fields[2]);
  if (field == "play" && fields.size() > 3) field = trimmed(fields[3]);
  const auto hours = field == "purchase" ? std::optional(0.0) : parse_number<double>(field);
  if (!are_hours(hours)) return fmt::format("the hours {} are not a number from 0", excerpt(field));
  return steam.log.add(fields[0], fields[1], static_cast<float>(*hours), 0);
}

void read_hours(ImportSource& source, const SourceFile& file, Steam& steam) {
  steam.variant = "play hours";
  steam.items_are_titles = true;
  FieldRows rows(file, ",");
  FileRead& read = source.read_of(file);
  for (bool first = true; rows.next(); first = false) {
    read.line = rows.line();
    std::string reason(rows.error());
    if (reason.empty()) reason = add_hours(rows.fields(), steam);
    const bool header = first && rows.fields().size() >= 3 && !parse_number<double>(rows.fields()[0]);
    read.rows += header ? 0 : 1;
    if (!reason.empty() && !header) source.skip(file, rows.line(), reason);
  }
  for (std::uint32_t id = 0; id < steam.log.items().size(); ++id)
    steam.titles.emplace_back(trimmed(steam.log.items()[id]));
}

// --- records ---

/// A review. One that states no hours counts as not played.
std::string add_review(const Record& review, Steam& steam) {
  auto user = review.id("user_id");
  if (!user) user = review.id("username");
  const auto game = review.id("product_id");
  if (!user) return "there is no \"user_id\" or \"username\"";
  if (!game) return "there is no \"product_id\"";
  const auto hours = std::optional(review.number("hours").value_or(0));
  if (!are_hours(hours)) return fmt::format("the hours {} are not a number from 0", *hours);
  const auto time = parse_time(trimmed(review.text("date").value_or("")));
  if (!time) return "there is no date such as 2014-07-31 in \"date\"";
  return steam.log.add(*user, *game, static_cast<float>(*hours), *time);
}

/// Calls `add(entry)` for every object in the list `key` of a user; what is malformed ends the line.
template <class Add>
std::string for_each_entry(const Record& user, std::string_view key, Add add) {
  const auto entries = user.list(key);
  if (!entries) return fmt::format("there is no list \"{}\"", key);
  for (const auto element : *entries) {
    simdjson::dom::object entry;
    if (element.get(entry) != simdjson::SUCCESS)
      return fmt::format("\"{}\" holds something else than objects", key);
    if (std::string reason = add(Record(entry)); !reason.empty()) return reason;
  }
  return {};
}

std::string add_owned(const Record& user, Steam& steam) {
  const auto id = user.id("user_id");
  if (!id) return "there is no \"user_id\"";
  return for_each_entry(user, "items", [&](const Record& owned) -> std::string {
    const auto game = owned.id("item_id");
    const auto minutes = owned.number("playtime_forever");
    if (!game) return "there is no \"item_id\"";
    if (!are_hours(minutes)) return "there is no number from 0 in \"playtime_forever\"";
    std::string reason = steam.log.add(*id, *game, static_cast<float>(*minutes / 60), 0);
    if (reason.empty()) steam.set_title(*game, owned.text("item_name").value_or(""));
    return reason;
  });
}

std::string add_recommended(const Record& user, Steam& steam) {
  const auto id = user.id("user_id");
  if (!id) return "there is no \"user_id\"";
  return for_each_entry(user, "reviews", [&](const Record& review) -> std::string {
    const auto game = review.id("item_id");
    const auto recommended = review.truth("recommend");
    if (!game) return "there is no \"item_id\"";
    if (!recommended) return "\"recommend\" is neither true nor false";
    return steam.log.add(*id, *game, *recommended ? 5 : 1, 0);
  });
}

/// The first record tells what kind the others are of.
void read_records(ImportSource& source, const SourceFile& file, Steam& steam) {
  std::string (*add)(const Record&, Steam&) = nullptr;
  for_each_record(source, file, [&](const Record& record) -> std::string {
    if (add == nullptr && record.list("items")) {
      add = add_owned;
      steam.variant = "users and their items";
    } else if (add == nullptr && record.list("reviews")) {
      add = add_recommended;
      steam.variant = "users and their reviews";
      steam.hours = false;
    } else if (add == nullptr && record.id("product_id")) {
      add = add_review;
      steam.variant = "reviews";
      steam.times = true;
    }
    return add != nullptr ? add(record, steam) : "there is none of \"items\", \"reviews\" and \"product_id\"";
  });
}

// --- games ---

/// "The Elder Scrolls V: Skyrim" and "the elder scrolls v skyrim" are one game.
std::string title_key(std::string_view title) {
  std::string key;
  for (const char c : title) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) key += c;
    if (c >= 'A' && c <= 'Z') key += static_cast<char>(c - 'A' + 'a');
  }
  return key.empty() ? std::string(title) : key;
}

void describe_game(const Record& game, std::string_view title, std::uint32_t id, DescribedItems& items) {
  Item& item = items[id];
  if (item.title.empty()) item.title = title;
  item.year = parse_number<int>(game.text("release_date").value_or("").substr(0, 4)).value_or(0);
  if (item.year < 1950 || item.year > 9999) item.year = 0;
  auto genres = game.list("genres");
  if (!genres) genres = game.list("tags");
  if (!genres) return;
  for (const auto element : *genres) {
    std::string_view name;
    if (element.get(name) == simdjson::SUCCESS) items.add_genre(id, unescape_html(name));
  }
}

void read_games(ImportSource& source, const SourceFile& file, const Steam& steam, DescribedItems& items) {
  std::unordered_map<std::string, std::uint32_t> by_title;
  if (steam.items_are_titles) {
    for (std::uint32_t id = 0; id < items.size(); ++id) by_title.emplace(title_key(steam.titles[id]), id);
  }
  IdMatching matching(steam.log.items(), file.name());
  for_each_record(source, file, [&](const Record& game) -> std::string {
    std::string_view title = trimmed(game.text("app_name").value_or(""));
    if (title.empty()) title = trimmed(game.text("title").value_or(""));
    if (steam.items_are_titles) {
      const auto found = by_title.find(title_key(title));
      const auto id = found == by_title.end() ? std::nullopt : std::optional(found->second);
      if (matching.note(title, id)) describe_game(game, title, *id, items);
      return {};
    }
    const auto id = matching.find(game.id("id").value_or(""));
    if (id) describe_game(game, title, *id, items);
    return {};
  });
  source.add(matching.result());
}

// --- hours to ratings ---

/// The least hours of the second to the fifth fifth; infinite where a fifth is empty.
using FifthBounds = std::array<float, 4>;

/// Equal hours are in one fifth: that of the middle of their ranks.
FifthBounds bounds_of_fifths(std::vector<float> hours) {
  FifthBounds bounds;
  bounds.fill(std::numeric_limits<float>::infinity());
  std::sort(hours.begin(), hours.end());
  for (auto begin = hours.begin(); begin != hours.end();) {
    const auto end = std::find_if(begin, hours.end(), [&](float other) { return other != *begin; });
    const auto twice_the_rank = static_cast<std::size_t>((begin - hours.begin()) + (end - hours.begin()));
    const std::size_t fifth = 5 * twice_the_rank / (2 * hours.size());
    for (std::size_t n = 0; n < fifth; ++n) bounds[n] = std::min(bounds[n], *begin);
    begin = end;
  }
  return bounds;
}

}  // namespace

void rate_by_hours(std::span<Interaction> rows) {
  std::vector<float> played;
  for (const Interaction& row : rows) {
    if (row.rating > 0) played.push_back(row.rating);
  }
  const FifthBounds bounds = bounds_of_fifths(std::move(played));
  for (Interaction& row : rows) {
    const auto fifth = std::ranges::count_if(bounds, [&](float bound) { return row.rating >= bound; });
    row.rating = row.rating > 0 ? static_cast<float>(1 + fifth) : 0.5F;
  }
}

Dataset import_steam(ImportSource& source) {
  const auto is_games = [](std::string_view name) { return name.starts_with(kGames); };
  const SourceFile& file = open_main_file(source, is_games);
  Steam steam{.log = InteractionLog(source, file)};
  if (has_records(file)) {
    read_records(source, file, steam);
  } else {
    read_hours(source, file, steam);
  }
  DescribedItems items(steam.log.items());
  for (std::uint32_t id = 0; id < steam.titles.size(); ++id) items[id].title = steam.titles[id];
  const SourceFile* games = open_items_file(source, is_games);
  if (games != nullptr) read_games(source, *games, steam, items);
  auto rows = steam.log.take_rows(steam.hours ? Repeats::sum : Repeats::latest);
  if (steam.hours) rate_by_hours(rows);
  Dataset dataset = gathered_dataset(file, steam.log, std::move(rows),
                                     {.ratings = true, .times = steam.times}, std::move(items));
  dataset.item_name = "game";
  dataset.ratings_are = steam.hours ? "play time" : "recommendations";
  dataset.provenance = source.provenance("steam", steam.variant);
  dataset.provenance["repeated"] = steam.log.repeated();
  dataset.provenance["ratings"] =
      steam.hours ? "the fifth of all hours played; 0.5: not played" : "5: recommended, 1: not recommended";
  return dataset;
}

}  // namespace throng
