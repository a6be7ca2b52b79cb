#include "recsys/data/dataset_folder.h"

#include <algorithm>
#include <initializer_list>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "recsys/data/demo_world.h"
#include "recsys/data/external_ids.h"
#include "recsys/data/interactions.h"
#include "recsys/text/csv.h"
#include "recsys/text/text.h"

namespace throng {
namespace {

constexpr std::string_view synthetic = "synthetic:";

/// "2000x3700" -> a world of 2,000 users and 3,700 items.
Dataset synthetic_world(std::string_view size) {
  constexpr std::uint32_t most = 1'000'000;
  const std::size_t cross = std::min(size.find('x'), size.size());
  const auto users = parse_number<std::uint32_t>(size.substr(0, cross));
  const auto items = parse_number<std::uint32_t>(size.substr(std::min(cross + 1, size.size())));
  const auto is_size = [&](const auto& number) { return number && *number >= 1 && *number <= most; };
  if (!is_size(users) || !is_size(items)) {
    throw Failure(ErrorKind::usage, fmt::format("the dataset {}: expected synthetic:USERSxITEMS, such as "
                                                "synthetic:2000x3700, with numbers from 1 to {}",
                                                excerpt(fmt::format("{}{}", synthetic, size)), most));
  }
  return make_synthetic_world(*users, *items);
}

struct Counts {
  std::uint64_t users = 0;
  std::uint64_t items = 0;
  std::uint64_t interactions = 0;
};

// dataset.json

[[noreturn]] void fail_in(const std::filesystem::path& file, const std::string& reason) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", file.string(), reason));
}

/// The value of `key`, which must be there and satisfy `valid`; `kind` says what it must be.
const Json& member(const Json& object, const char* key, bool (Json::*valid)() const noexcept,
                   const char* kind, const std::filesystem::path& file) {
  const auto found = object.find(key);
  if (found == object.end()) fail_in(file, fmt::format("the key \"{}\" is missing", key));
  if (!((*found).*valid)()) fail_in(file, fmt::format("\"{}\" must be {}", key, kind));
  return *found;
}

void check_keys(const Json& object, std::initializer_list<std::string_view> known,
                const std::filesystem::path& file) {
  for (const auto& entry : object.items()) {
    if (std::find(known.begin(), known.end(), entry.key()) == known.end()) {
      fail_in(file,
              fmt::format("unknown key {}; known are {}", excerpt(entry.key()), fmt::join(known, ", ")));
    }
  }
}

std::vector<std::string> genre_names(const Json& list, const std::filesystem::path& file) {
  std::vector<std::string> names;
  for (const Json& entry : list) {
    const std::string name = entry.is_string() ? entry.get<std::string>() : "";
    if (name.empty() || name.find('|') != std::string::npos) {
      fail_in(file, "every genre must be a text that is not empty and has no \"|\"");
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      fail_in(file, fmt::format("the genre {} occurs twice", excerpt(name)));
    }
    names.push_back(name);
  }
  return names;
}

/// What users have columns for, beside those that every dataset may have.
std::vector<std::string> attribute_names(const Json& list, const std::filesystem::path& file) {
  std::vector<std::string> names;
  for (const Json& entry : list) {
    const std::string name = entry.is_string() ? entry.get<std::string>() : "";
    if (!is_attribute_name(name)) fail_in(file, fmt::format("\"user_attributes\": {}", kAttributeNames));
    if (std::ranges::find(names, name) != names.end() ||
        std::ranges::find(user_columns, name) != user_columns.end())
      fail_in(file, fmt::format("the user attribute {} is taken already", excerpt(name)));
    names.push_back(name);
  }
  return names;
}

std::string item_name(const Json& json, const std::filesystem::path& file) {
  std::string name = member(json, "item_name", &Json::is_string, "a text", file).get<std::string>();
  if (!is_item_name(name)) fail_in(file, fmt::format("\"item_name\": {}", kItemNames));
  return name;
}

std::string ratings_are(const Json& json, const std::filesystem::path& file) {
  std::string words = member(json, "ratings_are", &Json::is_string, "a text", file).get<std::string>();
  if (!is_item_name(words)) fail_in(file, fmt::format("\"ratings_are\": {}", kRatingsAre));
  return words;
}

Counts read_description(const std::filesystem::path& file, Dataset& dataset) {
  const Json json = read_json(file, ErrorKind::data);
  if (!json.is_object()) fail_in(file, "must be a JSON object");
  check_keys(
      json,
      {"name", "format", "item_name", "ratings_are", "counts", "genres", "user_attributes", "provenance"},
      file);
  if (member(json, "format", &Json::is_number_integer, "a number", file) != 1) {
    fail_in(file, "\"format\" must be 1, the only format there is");
  }
  dataset.name = member(json, "name", &Json::is_string, "a text", file).get<std::string>();
  if (json.contains("item_name")) dataset.item_name = item_name(json, file);
  if (json.contains("ratings_are")) dataset.ratings_are = ratings_are(json, file);
  if (json.contains("user_attributes")) {
    dataset.user_attributes =
        attribute_names(member(json, "user_attributes", &Json::is_array, "a list", file), file);
  }
  dataset.provenance = member(json, "provenance", &Json::is_object, "an object", file);
  dataset.catalogue.genre_names = genre_names(member(json, "genres", &Json::is_array, "a list", file), file);
  const Json& counts = member(json, "counts", &Json::is_object, "an object", file);
  check_keys(counts, {"users", "items", "interactions"}, file);
  const auto count = [&](const char* key) {
    return member(counts, key, &Json::is_number_unsigned, "a count", file).get<std::uint64_t>();
  };
  return {.users = count("users"), .items = count("items"), .interactions = count("interactions")};
}

void check_count(std::uint64_t stated, std::size_t found, std::string_view what,
                 const std::filesystem::path& folder) {
  if (stated == found) return;
  fail_in(folder / "dataset.json",
          fmt::format("\"counts\" states {} {}, but {}.csv has {}", stated, what, what, found));
}

// items.csv and users.csv

bool next_row(CsvTable& table) {
  if (!table.next()) return false;
  if (const std::string error = table.error(); !error.empty()) table.fail(error);
  return true;
}

/// The field as valid UTF-8.
std::string text_of(const CsvTable& table, std::size_t column) {
  const std::string_view text = table.field(column);
  if (!is_valid_utf8(text)) table.fail("text is not valid UTF-8");
  return std::string(text);
}

std::string new_id(const CsvTable& table, std::size_t column, std::string_view what, ExternalIds& ids) {
  std::string id = text_of(table, column);
  if (id.empty()) table.fail(fmt::format("the {} is empty", what));
  if (!ids.add(id)) {
    table.fail(fmt::format("the {} {} occurs twice", what, excerpt(id)));
  }
  return id;
}

std::vector<GenreId> genres_of(const CsvTable& table, const std::vector<std::string>& names) {
  std::vector<GenreId> genres;
  std::string_view rest = table.field(item_genres);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    const auto name = std::find(names.begin(), names.end(), rest.substr(0, end));
    if (name == names.end()) {
      table.fail(fmt::format("the genre {} is not in dataset.json", excerpt(rest.substr(0, end))));
    }
    const GenreId genre{static_cast<std::uint32_t>(name - names.begin())};
    if (std::find(genres.begin(), genres.end(), genre) != genres.end()) {
      table.fail(fmt::format("the genre \"{}\" occurs twice", *name));
    }
    genres.push_back(genre);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return genres;
}

int year_of(const CsvTable& table) {
  if (table.field(item_year).empty()) return 0;
  const auto year = parse_number<int>(table.field(item_year));
  if (!year || *year < 1 || *year > 9999) table.fail("the year must be a number from 1 to 9999");
  return *year;
}

std::optional<float> mean_rating_of(const CsvTable& table) {
  if (table.field(item_mean_rating).empty()) return std::nullopt;
  const auto rating = parse_rating(table.field(item_mean_rating));
  if (!rating) table.fail("the mean rating must be a number from 0.5 to 5");
  return rating;
}

ExternalIds read_items(const std::filesystem::path& path, Catalogue& catalogue) {
  const MappedFile file(path);
  CsvTable table(file.text(), path.string(), {item_columns[0]},
                 {item_columns.begin() + 1, item_columns.end()});
  ExternalIds ids;
  while (next_row(table)) {
    catalogue.items.push_back({.external_id = new_id(table, item_id, "item_id", ids),
                               .title = text_of(table, item_title),
                               .year = year_of(table),
                               .genres = genres_of(table, catalogue.genre_names),
                               .summary = text_of(table, item_summary),
                               .mean_rating = mean_rating_of(table)});
  }
  if (ids.size() == 0) fail_in(path, "has no items");
  return ids;
}

std::optional<TraitGroups> traits_of(const CsvTable& table) {
  const auto group = [&](std::size_t column) -> std::uint8_t {
    const auto number = parse_number<std::uint8_t>(table.field(column));
    if (!number || *number < 1 || *number > 3) table.fail("a trait group must be 1, 2 or 3");
    return *number;
  };
  if (table.field(user_activity).empty() && table.field(user_conformity).empty() &&
      table.field(user_diversity).empty()) {
    return std::nullopt;
  }
  return TraitGroups{.activity = group(user_activity),
                     .conformity = group(user_conformity),
                     .diversity = group(user_diversity)};
}

std::optional<Persona> persona_of(const CsvTable& table) {
  Persona persona{.taste = text_of(table, user_taste),
                  .reason = text_of(table, user_reason),
                  .high_rating = text_of(table, user_high_rating),
                  .low_rating = text_of(table, user_low_rating)};
  if (persona == Persona{}) return std::nullopt;
  return persona;
}

std::vector<std::string> attributes_of(const CsvTable& table, std::size_t number) {
  std::vector<std::string> values;
  for (std::size_t n = 0; n < number; ++n) values.push_back(text_of(table, user_columns.size() + n));
  return values;
}

ExternalIds read_users(const std::filesystem::path& path, const std::vector<std::string>& attributes,
                       std::vector<User>& users) {
  const MappedFile file(path);
  std::vector<std::string_view> optional(user_columns.begin() + 1, user_columns.end());
  optional.insert(optional.end(), attributes.begin(), attributes.end());
  CsvTable table(file.text(), path.string(), {user_columns[0]}, optional);
  ExternalIds ids;
  while (next_row(table)) {
    users.push_back({.external_id = new_id(table, user_id, "user_id", ids),
                     .trait_groups = traits_of(table),
                     .persona = persona_of(table),
                     .attributes = attributes_of(table, attributes.size())});
  }
  if (ids.size() == 0) fail_in(path, "has no users");
  return ids;
}

// interactions.csv

std::uint32_t known_id(const CsvTable& table, std::size_t column, const ExternalIds& ids) {
  const std::string_view id = table.field(column);
  const auto found = ids.find(id);
  if (!found) table.fail(fmt::format("unknown {} {}", interaction_columns[column], excerpt(id)));
  return *found;
}

Interaction interaction_of(const CsvTable& table, const ExternalIds& users, const ExternalIds& items) {
  Interaction row{.user = UserId(known_id(table, interaction_user, users)),
                  .item = ItemId(known_id(table, interaction_item, items))};
  if (table.has(interaction_rating)) {
    const auto rating = parse_rating(table.field(interaction_rating));
    if (!rating) table.fail("the rating must be a number from 0.5 to 5");
    row.rating = *rating;
  }
  if (table.has(interaction_time)) {
    const auto time = parse_number<std::int64_t>(table.field(interaction_time));
    if (!time) table.fail("the time must be a whole number of seconds");
    row.time = *time;
  }
  return row;
}

SplitPart split_part_of(const CsvTable& table) {
  const auto name = std::find(split_names.begin(), split_names.end(), table.field(interaction_split));
  if (name == split_names.end()) table.fail("the split must be train, validation or test");
  return static_cast<SplitPart>(name - split_names.begin());
}

void read_interactions(const std::filesystem::path& path, const ExternalIds& users, const ExternalIds& items,
                       Dataset& dataset) {
  const MappedFile file(path);
  CsvTable table(file.text(), path.string(), {interaction_columns[0], interaction_columns[1]},
                 {interaction_columns.begin() + 2, interaction_columns.end()});
  std::vector<Interaction> rows;
  std::vector<std::size_t> lines;
  std::vector<SplitPart> parts;
  while (next_row(table)) {
    rows.push_back(interaction_of(table, users, items));
    lines.push_back(table.line());
    if (table.has(interaction_split)) parts.push_back(split_part_of(table));
  }
  const auto order = order_of_rows(rows, users.size());
  if (const auto repeated = repeated_rows(rows, order); !repeated.empty()) {
    const Interaction& row = rows[repeated.front()];
    throw Failure(ErrorKind::data,
                  fmt::format("{}:{}: user {} and item {} occur together twice", path.string(),
                              lines[repeated.front()], excerpt(dataset.users[index(row.user)].external_id),
                              excerpt(dataset.catalogue[row.item].external_id)));
  }
  if (table.has(interaction_split)) {
    for (const std::uint32_t position : order) dataset.given_split.push_back(parts[position]);
  }
  dataset.interactions =
      Interactions(users.size(), items.size(), std::move(rows),
                   {.ratings = table.has(interaction_rating), .times = table.has(interaction_time)});
}

/// What is no dataset folder is often a dataset as it was published.
void check_is_dataset_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) fail_in(folder, "there is no such dataset folder");
  if (std::filesystem::exists(folder / "dataset.json", error)) return;
  const std::optional<std::string> kind = import_kind_of(folder);
  fail_in(
      folder,
      fmt::format("is not a dataset folder (it has no dataset.json){}; import it first: throng data import "
                  "{} {} -o DIR",
                  kind ? fmt::format(", but looks like a published dataset of the kind {}", *kind) : "",
                  kind.value_or("KIND"), folder.string()));
}

}  // namespace

bool is_item_name(std::string_view name) {
  constexpr std::size_t longest = 40;
  return !name.empty() && name.size() <= longest && trimmed(name) == name && is_valid_utf8(name) &&
         printable(name) == name;
}

bool is_attribute_name(std::string_view name) {
  constexpr std::size_t longest = 40;
  return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::optional<std::string> import_kind_of(const std::filesystem::path& source) {
  std::vector<std::string> files;
  std::error_code error;
  if (std::filesystem::is_directory(source, error)) {
    for (const auto& entry : std::filesystem::directory_iterator(source, error))
      files.push_back(entry.path().filename().string());
  } else if (std::filesystem::is_regular_file(source, error)) {
    files.push_back(source.filename().string());
  }
  for (std::string& file : files) {
    if (file.ends_with(".gz")) file.resize(file.size() - 3);
  }
  const auto has = [&](std::string_view name) { return std::ranges::find(files, name) != files.end(); };
  const auto has_like = [&](std::string_view start, std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(files, [&](const std::string& file) {
      return file.starts_with(start) &&
             std::ranges::any_of(ends, [&](std::string_view end) { return file.ends_with(end); });
    });
  };
  const bool has_films = (has("ratings.csv") && has("movies.csv")) || (has("rating.csv") && has("movie.csv"));
  if (has("u.data") || has("ratings.dat") || has_like("user_ratedmovies", {".dat"}) || has_films)
    return "movielens";
  if (has("movie_detail.csv") || std::filesystem::exists(source / "datasets/ml-1m/simulation", error))
    return "agent4rec";
  if (has("train.txt") && has("test.txt")) return "lightgcn";
  if (has_like("", {".inter"})) return "recbole";
  if (has_like("steam", {""})) return "steam";
  if (has_like("reviews_", {".json"}) || has_like("meta_", {".json", ".jsonl"}) || has_like("", {".jsonl"}))
    return "amazon";
  if (has_like("", {".csv", ".tsv"})) return "csv";
  return std::nullopt;
}

Dataset load_dataset(const std::string& path) {
  if (path == "demo") return make_demo_world();
  if (path.starts_with(synthetic)) return synthetic_world(std::string_view(path).substr(synthetic.size()));
  return read_dataset_folder(path);
}

Dataset read_dataset_folder(const std::filesystem::path& folder) {
  check_is_dataset_folder(folder);
  Dataset dataset;
  const Counts counts = read_description(folder / "dataset.json", dataset);
  const ExternalIds items = read_items(folder / "items.csv", dataset.catalogue);
  const ExternalIds users = read_users(folder / "users.csv", dataset.user_attributes, dataset.users);
  read_interactions(folder / "interactions.csv", users, items, dataset);
  check_count(counts.items, items.size(), "items", folder);
  check_count(counts.users, users.size(), "users", folder);
  check_count(counts.interactions, dataset.interactions.size(), "interactions", folder);
  return dataset;
}

}  // namespace throng
