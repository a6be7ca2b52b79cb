#include "recsys/data/import_agent4rec.h"

#include <array>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/id_positions.h"
#include "recsys/data/item_table.h"
#include "recsys/data/row_order.h"
#include "recsys/data/text.h"

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
    item.title = latin1_to_utf8(trimmed(row.field(1)));
    item.year = year_in_title(item.title);
    item.mean_rating = parse_rating(row.field(3));
    item.summary = to_valid_utf8(trimmed(row.field(4)));
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
  CsvTable table(file.content.text(), file.path.string(), {"taste", "reason", "high_rating", "low_rating"});
  std::size_t count = 0;
  for (; table.next(); ++count) {
    if (!table.error().empty()) table.fail(table.error());
    if (count >= users.size()) continue;
    const auto text = [&](std::size_t column) { return to_valid_utf8(trimmed(table.field(column))); };
    Persona persona{.taste = text(0), .reason = text(1), .high_rating = text(2), .low_rating = text(3)};
    if (persona != Persona{}) users[count].persona = std::move(persona);
  }
  if (count != users.size()) {
    fail_file(file, fmt::format("has {} rows, but there are {} users; row n must be the n-th user's", count,
                                users.size()));
  }
}

/// The lines of the three files.
class PairReader {
 public:
  PairReader(ImportSource& source, const IdPositions& users, const IdPositions& items)
      : source_(source), users_(users), items_(items) {}

  void read(const std::string& name, SplitPart part) {
    const SourceFile& file = source_.open(name);
    const std::size_t before = rows_.size();
    for_each_line(source_, file,
                  [&](std::string_view line, bool /*first*/) { return read_line(line, part); });
    if (rows_.size() == before) fail_file(file, "has no interactions");
  }

  void move_to(Dataset& dataset) && {
    for (const std::uint32_t position : order_of_rows(rows_, users_.size())) {
      dataset.given_split.push_back(parts_[position]);
    }
    dataset.interactions = Interactions(users_.size(), items_.size(), std::move(rows_), {});
  }

 private:
  std::string read_line(std::string_view line, SplitPart part) {
    std::vector<Interaction> rows;
    std::optional<UserId> user;
    for (const std::string_view field : all_fields(line, ' ')) {
      if (field.empty()) continue;
      const auto number = parse_number<std::uint32_t>(field);
      if (!number) return fmt::format("{} is not a number", excerpt(field));
      const IdPositions& known = user ? items_ : users_;
      const auto position = known.find(*number);
      if (!position) return fmt::format("there is no {} {}", user ? "item" : "user", *number);
      if (user) {
        rows.push_back({.user = *user, .item = ItemId(*position)});
      } else {
        user = UserId(*position);
      }
    }
    if (std::string reason = add_pairs(rows); !reason.empty()) return reason;
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    parts_.insert(parts_.end(), rows.size(), part);
    return {};
  }

  /// Nothing is added if a pair is there already.
  std::string add_pairs(const std::vector<Interaction>& rows) {
    const auto key = [](const Interaction& row) {
      return static_cast<std::uint64_t>(row.user) << 32U | static_cast<std::uint64_t>(row.item);
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (pairs_.insert(key(rows[i])).second) continue;
      for (std::size_t added = 0; added < i; ++added) pairs_.erase(key(rows[added]));
      return fmt::format("item number {} of the line is there before, in this file or another", i + 1);
    }
    return {};
  }

  ImportSource& source_;
  const IdPositions& users_;
  const IdPositions& items_;
  std::unordered_set<std::uint64_t> pairs_;
  std::vector<Interaction> rows_;
  std::vector<SplitPart> parts_;  ///< parallel to rows_
};

}  // namespace

Dataset import_agent4rec(ImportSource& source) {
  Dataset dataset;
  const IdPositions items = read_items(source, dataset.catalogue);
  const IdPositions users = read_users(source, dataset.users);
  if (source.has("all_personas_like_modify.csv")) read_personas(source, dataset.users);
  PairReader pairs(source, users, items);
  pairs.read("train.txt", SplitPart::train);
  pairs.read("valid.txt", SplitPart::validation);
  pairs.read("test.txt", SplitPart::test);
  std::move(pairs).move_to(dataset);
  dataset.name = "Agent4Rec";
  dataset.provenance = source.provenance("agent4rec", "bundle");
  return dataset;
}

}  // namespace throng
