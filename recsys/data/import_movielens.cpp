#include "recsys/data/import_movielens.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/item_table.h"
#include "recsys/data/rating_lines.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

/// Adds a film, or says why its line is malformed. The title is kept as it is, with its year.
std::string add_film(ItemTable& table, std::string_view id, std::string_view title, std::string_view genres) {
  const auto number = parse_number<std::uint32_t>(id);
  if (!number) return fmt::format("the item id {} is not a number", excerpt(id));
  Item item;
  item.title = latin1_to_utf8(trimmed(title));
  item.year = year_in_title(item.title);
  if (!table.add(*number, std::move(item), genres)) return fmt::format("the item {} occurs twice", *number);
  return {};
}

std::vector<std::string> read_genre_names(ImportSource& source) {
  const SourceFile& file = source.open("u.genre");
  std::vector<std::string> names;
  for_each_line(source, file, [&](std::string_view line, bool /*first*/) -> std::string {
    std::array<std::string_view, 2> fields;
    if (!split_fields(line, "|", fields)) return "not 2 fields: name, number";
    if (parse_number<std::size_t>(fields[1]) != names.size()) return "genres must be numbered 0, 1, 2, ...";
    names.push_back(latin1_to_utf8(fields[0]));
    return {};
  });
  if (names.empty()) fail_file(file, "has no genres");
  return names;
}

/// The genres of a film's flags, separated by '|'; an empty flag list if a flag is neither 0 nor 1.
std::optional<std::string> flagged_genres(std::span<const std::string_view> flags,
                                          const std::vector<std::string>& names) {
  std::string genres;
  for (std::size_t genre = 0; genre < flags.size(); ++genre) {
    if (flags[genre] != "0" && flags[genre] != "1") return std::nullopt;
    if (flags[genre] == "1" && names[genre] != "unknown") genres += names[genre] + "|";
  }
  return genres;
}

ItemTable read_u_item(ImportSource& source) {
  constexpr std::size_t flags_begin = 5;
  const std::vector<std::string> names = read_genre_names(source);
  ItemTable table;
  for_each_line(source, source.open("u.item"), [&](std::string_view line, bool first) -> std::string {
    const auto fields = all_fields(line, '|');
    if (fields.size() != flags_begin + names.size()) {
      return fmt::format("{} fields, not {}", fields.size(), flags_begin + names.size());
    }
    const auto flags = std::span(fields).subspan(flags_begin);
    const bool no_flag = std::none_of(flags.begin(), flags.end(),
                                      [](std::string_view flag) { return flag == "0" || flag == "1"; });
    if (first && no_flag && !parse_number<double>(fields[0])) return {};  // a header line
    const auto genres = flagged_genres(flags, names);
    if (!genres) return "a genre flag is neither 0 nor 1";
    return add_film(table, fields[0], fields[1], *genres);
  });
  return table;
}

ItemTable read_movies_dat(ImportSource& source) {
  ItemTable table;
  for_each_line(source, source.open("movies.dat"), [&](std::string_view line, bool /*first*/) -> std::string {
    std::array<std::string_view, 3> fields;
    if (!split_fields(line, "::", fields)) return "not 3 fields: item, title, genres";
    return add_film(table, fields[0], fields[1], fields[2] == "(no genres listed)" ? "" : fields[2]);
  });
  return table;
}

ItemTable read_movies_csv(ImportSource& source) {
  ItemTable table;
  const std::vector<std::string_view> columns{"movieId", "title", "genres"};
  for_each_row(source, source.open("movies.csv"), columns, [&](const CsvTable& row) {
    const std::string_view genres = row.field(2);
    return add_film(table, row.field(0), row.field(1), genres == "(no genres listed)" ? "" : genres);
  });
  return table;
}

/// The ids in a file of users, ascending: five fields a line, of which the first is the id.
std::vector<std::uint32_t> read_user_ids(ImportSource& source, const std::string& name,
                                         std::string_view delimiter) {
  const SourceFile& file = source.open(name);
  std::vector<std::uint32_t> ids;
  std::unordered_set<std::uint32_t> known;
  for_each_line(source, file, [&](std::string_view line, bool first) -> std::string {
    std::array<std::string_view, 5> fields;
    if (!split_fields(line, delimiter, fields)) return "not 5 fields";
    const auto id = parse_number<std::uint32_t>(fields[0]);
    const bool no_age = !parse_number<int>(fields[1]) && !parse_number<int>(fields[2]);
    if (first && !parse_number<double>(fields[0]) && no_age) return {};  // a header line
    if (!id) return fmt::format("the user id {} is not a number", excerpt(fields[0]));
    if (!known.insert(*id).second) return fmt::format("the user {} occurs twice", *id);
    ids.push_back(*id);
    return {};
  });
  if (ids.empty()) fail_file(file, "has no users");
  std::sort(ids.begin(), ids.end());
  return ids;
}

struct Variant {
  std::string_view name;
  std::string_view items_file;
  ItemTable (*read_items)(ImportSource&);
  std::string_view users_file;  ///< empty: users are those who rated
  std::string_view ratings_file;
  RatingFormat ratings;
};

Variant recognise(const ImportSource& source) {
  if (source.has("u.data")) return {"100K", "u.item", read_u_item, "u.user", "u.data", {.delimiter = "\t"}};
  if (source.has("ratings.dat")) {
    const bool ten_million = !source.has("users.dat") && source.has("tags.dat");
    return {ten_million ? "10M" : "1M",     "movies.dat",  read_movies_dat,
            ten_million ? "" : "users.dat", "ratings.dat", {.delimiter = "::"}};
  }
  if (source.has("ratings.csv")) {
    return {"CSV", "movies.csv",  read_movies_csv,
            "",    "ratings.csv", {.delimiter = ",", .header = "userId,movieId,rating,timestamp"}};
  }
  throw Failure(ErrorKind::data,
                fmt::format("{}: is not a MovieLens dataset: it has none of u.data, ratings.dat "
                            "and ratings.csv",
                            source.folder().string()));
}

/// The releases in CSV look alike; their numbers of ratings tell them apart.
std::string_view release_of(std::string_view variant, std::size_t ratings) {
  if (variant != "CSV") return variant;
  switch (ratings) {
    case 100'836:
      return "latest-small";
    case 20'000'263:
      return "20M";
    case 25'000'095:
      return "25M";
    case 32'000'204:
      return "32M";
    default:
      return "CSV";
  }
}

}  // namespace

Dataset import_movielens(ImportSource& source) {
  const Variant variant = recognise(source);
  const SourceFile& ratings_file = source.open(std::string(variant.ratings_file));
  Dataset dataset;
  std::vector<std::uint32_t> item_ids;
  dataset.catalogue = variant.read_items(source).make_catalogue(item_ids);
  std::optional<std::vector<std::uint32_t>> user_ids;
  if (!variant.users_file.empty()) {
    user_ids = read_user_ids(source, std::string(variant.users_file),
                             variant.ratings.delimiter == "::" ? "::" : "|");
  }
  Ratings ratings = read_ratings(source, ratings_file, variant.ratings, item_ids, user_ids);
  for (const std::uint32_t id : ratings.user_ids)
    dataset.users.push_back({.external_id = std::to_string(id)});
  dataset.interactions = std::move(ratings.interactions);
  const std::string_view release = release_of(variant.name, dataset.interactions.size());
  dataset.name = fmt::format("MovieLens {}", release);
  dataset.provenance = source.provenance("movielens", release);
  return dataset;
}

}  // namespace throng
