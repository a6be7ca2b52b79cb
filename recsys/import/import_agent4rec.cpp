#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/external_ids.h"
#include "recsys/data/item_table.h"
#include "recsys/import/adjacency_lists.h"
#include "recsys/import/importers.h"
#include "recsys/text/text.h"

namespace throng {
namespace {

IdPositions read_items(ImportSource& source, Catalogue& catalogue) {
  const SourceFile& file = source.open("movie_detail.csv");
  ItemTable table;
  const std::vector<std::string_view> columns{"movie_id", "title", "genres", "rating", "summary"};
  for_each_row(source, file, columns, [&](const CsvTable& row) -> std::string {
    const auto id = parse_number<std::uint32_t>(row.field(0));
    if (!id) return fmt::format("the item id {} is not a number", excerpt(row.field(0)));
    Item item;
    item.title = source.read_of(file).text(trimmed(row.field(1)));
    item.year = year_in_title(item.title);
    item.mean_rating = parse_rating(row.field(3));
    item.summary = source.read_of(file).text(trimmed(row.field(4)));
    if (!item.mean_rating) {
      return fmt::format("the rating {} is not a number from 0.5 to 5", excerpt(row.field(3)));
    }
    if (!table.add(*id, std::move(item), row.field(2))) return fmt::format("the item {} occurs twice", *id);
    return {};
  });
  std::vector<std::uint32_t> ids;
  catalogue = std::move(table).make_catalogue(ids);
  if (ids.empty()) fail_file(file, "has no items");
  return IdPositions(ids);
}

/// Users in the order of their numbers, with their trait groups.
IdPositions read_users(ImportSource& source, std::vector<User>& users) {
  const SourceFile& file = source.open("user_statistic.csv");
  std::map<std::uint32_t, TraitGroups> groups;
  const std::vector<std::string_view> columns{"user_id", "activity", "conformity", "diversity"};
  for_each_row(source, file, columns, [&](const CsvTable& row) -> std::string {
    const auto id = parse_number<std::uint32_t>(row.field(0));
    if (!id) return fmt::format("the user id {} is not a number", excerpt(row.field(0)));
    std::array<std::uint8_t, 3> traits{};
    for (std::size_t trait = 0; trait < traits.size(); ++trait) {
      traits[trait] = parse_number<std::uint8_t>(row.field(trait + 1)).value_or(0);
      if (traits[trait] < 1 || traits[trait] > 3) return "a trait group is not 1, 2 or 3";
    }
    const TraitGroups group{.activity = traits[0], .conformity = traits[1], .diversity = traits[2]};
    if (!groups.emplace(*id, group).second) return fmt::format("the user {} occurs twice", *id);
    return {};
  });
  if (groups.empty()) fail_file(file, "has no users");
  IdPositions positions;
  for (const auto& [id, group] : groups) {
    positions.add(id, static_cast<std::uint32_t>(users.size()));
    users.push_back({.external_id = std::to_string(id), .trait_groups = group});
  }
  return positions;
}

/// Rows carry no user number, so none may be skipped.
void read_personas(ImportSource& source, std::vector<User>& users) {
  const SourceFile& file = source.open("all_personas_like_modify.csv");
  std::string memory;
  CsvTable table(file.text(memory), file.path.string(), {"taste", "reason", "high_rating", "low_rating"}, {},
                 UnknownColumns::passed_over);
  std::size_t& count = source.read_of(file).rows;
  for (; table.next(); ++count) {
    if (!table.error().empty()) table.fail(table.error());
    if (count >= users.size()) continue;
    const auto text = [&](std::size_t column) {
      return source.read_of(file).text(trimmed(table.field(column)));
    };
    Persona persona{.taste = text(0), .reason = text(1), .high_rating = text(2), .low_rating = text(3)};
    if (persona != Persona{}) users[count].persona = std::move(persona);
  }
  if (count != users.size()) {
    fail_file(file, fmt::format("has {} rows, but there are {} users; row n must be the n-th user's", count,
                                users.size()));
  }
}

bool has_descriptions(const std::filesystem::path& folder) {
  return ImportSource::has_in(folder, "movie_detail.csv");
}

bool has_lists(const std::filesystem::path& folder) { return ImportSource::has_in(folder, "train.txt"); }

/// A clone has the descriptions in datasets/NAME/simulation and the lists of interactions beside it, in cf_data. Enters the
/// folder with the descriptions, wherever the source lies in the clone; returns that of the lists.
std::filesystem::path enter_parts(ImportSource& source) {
  source.enter(has_descriptions);
  const auto beside = [](const std::filesystem::path& folder) {
    return std::filesystem::absolute(folder).lexically_normal() / "..";
  };
  if (!has_descriptions(source.folder()) && has_lists(source.folder())) {
    const auto descriptions = nearest_folder(beside(source.folder()), 1, has_descriptions);
    std::filesystem::path lists = source.folder();
    if (descriptions) source.enter_folder(*descriptions);
    return lists;
  }
  if (has_lists(source.folder())) return source.folder();
  return nearest_folder(beside(source.folder()), 1, has_lists).value_or(source.folder());
}

}  // namespace

Dataset import_agent4rec(ImportSource& source) {
  const std::filesystem::path lists = enter_parts(source);
  Dataset dataset;
  const IdPositions items = read_items(source, dataset.catalogue);
  const IdPositions users = read_users(source, dataset.users);
  if (source.has("all_personas_like_modify.csv")) read_personas(source, dataset.users);
  AdjacencyLists pairs(source, {.noun = "user", .positions = users}, {.noun = "item", .positions = items});
  pairs.read(source.open_in(lists, "train.txt"), SplitPart::train);
  pairs.read(source.open_in(lists, "valid.txt"), SplitPart::validation);
  pairs.read(source.open_in(lists, "test.txt"), SplitPart::test);
  std::move(pairs).move_to(dataset);
  dataset.name = "Agent4Rec";
  dataset.item_name = "movie";
  dataset.provenance = source.provenance("agent4rec", "bundle");
  return dataset;
}

}  // namespace throng
