#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/text/csv.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

void write_description(const Dataset& dataset, const fs::path& path) {
  Json json;
  json["name"] = dataset.name;
  json["format"] = 1;
  json["item_name"] = dataset.item_name;
  if (!dataset.ratings_are.empty()) json["ratings_are"] = dataset.ratings_are;
  json["counts"] = Json{{"users", dataset.users.size()},
                        {"items", dataset.catalogue.size()},
                        {"interactions", dataset.interactions.size()}};
  json["genres"] = dataset.catalogue.genre_names;
  if (!dataset.user_attributes.empty()) json["user_attributes"] = dataset.user_attributes;
  json["provenance"] = dataset.provenance.is_object() ? dataset.provenance : Json::object();
  write_file(path, json.dump(2) + "\n");
}

std::string joined_genres(const Item& item, const std::vector<std::string>& names) {
  std::string joined;
  for (const GenreId genre : item.genres) {
    if (!joined.empty()) joined += '|';
    joined += names[index(genre)];
  }
  return joined;
}

void write_items(const Catalogue& catalogue, const fs::path& path) {
  const bool rated = std::any_of(catalogue.items.begin(), catalogue.items.end(),
                                 [](const Item& item) { return item.mean_rating.has_value(); });
  CsvWriter csv(path);
  csv.row({item_columns.begin(), item_columns.end() - (rated ? 0 : 1)});
  for (const Item& item : catalogue.items) {
    csv.field(item.external_id);
    csv.field(item.title);
    csv.field(item.year == 0 ? "" : fmt::to_string(item.year));
    csv.field(joined_genres(item, catalogue.genre_names));
    csv.field(item.summary);
    if (rated) csv.field(item.mean_rating ? fmt::to_string(*item.mean_rating) : "");
    csv.end_row();
  }
  csv.close();
}

void write_traits(const std::optional<TraitGroups>& traits, CsvWriter& csv) {
  const auto group = [](std::uint8_t value) { return fmt::to_string(static_cast<int>(value)); };
  csv.field(traits ? group(traits->activity) : "");
  csv.field(traits ? group(traits->conformity) : "");
  csv.field(traits ? group(traits->diversity) : "");
}

void write_persona(const Persona& persona, CsvWriter& csv) {
  csv.field(persona.taste);
  csv.field(persona.reason);
  csv.field(persona.high_rating);
  csv.field(persona.low_rating);
}

void write_users(const std::vector<User>& users, const std::vector<std::string>& attributes,
                 const fs::path& path) {
  const bool traits =
      std::any_of(users.begin(), users.end(), [](const User& user) { return user.trait_groups.has_value(); });
  const bool personas =
      std::any_of(users.begin(), users.end(), [](const User& user) { return user.persona.has_value(); });
  CsvWriter csv(path);
  csv.field(user_columns[user_id]);
  for (std::size_t column = user_activity; column < user_columns.size(); ++column) {
    if (column < user_taste ? traits : personas) csv.field(user_columns[column]);
  }
  for (const std::string& name : attributes) csv.field(name);
  csv.end_row();
  for (const User& user : users) {
    csv.field(user.external_id);
    if (traits) write_traits(user.trait_groups, csv);
    if (personas) write_persona(user.persona.value_or(Persona{}), csv);
    for (std::size_t n = 0; n < attributes.size(); ++n)
      csv.field(n < user.attributes.size() ? user.attributes[n] : "");
    csv.end_row();
  }
  csv.close();
}

void write_interactions(const Dataset& dataset, const fs::path& path) {
  const Interactions& interactions = dataset.interactions;
  const auto [ratings, times] = interactions.columns();
  const bool split = !dataset.given_split.empty();
  CsvWriter csv(path);
  csv.field(interaction_columns[interaction_user]);
  csv.field(interaction_columns[interaction_item]);
  if (ratings) csv.field(interaction_columns[interaction_rating]);
  if (times) csv.field(interaction_columns[interaction_time]);
  if (split) csv.field(interaction_columns[interaction_split]);
  csv.end_row();
  std::vector<std::string> item_ids;
  for (const Item& item : dataset.catalogue.items) item_ids.push_back(CsvWriter::quoted(item.external_id));
  for (std::size_t n = 0; n < interactions.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    const std::string user_id = CsvWriter::quoted(dataset.users[n].external_id);
    const auto items = interactions.items_of(user);
    for (std::size_t i = 0; i < items.size(); ++i) {
      csv.raw_field(user_id);
      csv.raw_field(item_ids[index(items[i])]);
      if (ratings) csv.number(interactions.ratings_of(user)[i]);
      if (times) csv.number(interactions.times_of(user)[i]);
      if (split)
        csv.raw_field(
            split_names[static_cast<std::size_t>(dataset.given_split[interactions.row_offset(user) + i])]);
      csv.end_row();
    }
  }
  csv.close();
}

}  // namespace

void write_dataset_folder(const Dataset& dataset, const fs::path& folder) {
  std::error_code error;
  const bool is_free =
      !fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error));
  if (error || !is_free) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{}: {}", folder.string(),
                    error ? error.message() : "exists already; a dataset is written to a new folder"));
  }
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  create_folder(target.parent_path());
  TemporaryFolder partial(fmt::format("{}.partial-{}", target.string(), getpid()));
  write_items(dataset.catalogue, partial.path() / "items.csv");
  write_users(dataset.users, dataset.user_attributes, partial.path() / "users.csv");
  write_interactions(dataset, partial.path() / "interactions.csv");
  write_description(dataset, partial.path() / "dataset.json");
  partial.move_to(target);
}

}  // namespace throng
