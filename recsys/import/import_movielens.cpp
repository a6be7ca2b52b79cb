#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "recsys/data/item_table.h"
#include "recsys/import/importers.h"
#include "recsys/import/interaction_log.h"
#include "recsys/import/rating_lines.h"
#include "recsys/text/text.h"

namespace throng {
namespace {

constexpr std::string_view kNoGenres = "(no genres listed)";

/// The first of some names that the source has a file of; the first of all if it has none.
std::string first_there(const ImportSource& source, std::initializer_list<std::string> names) {
  const auto* const found =
      std::ranges::find_if(names, [&](const std::string& name) { return source.has(name); });
  return found == names.end() ? *names.begin() : *found;
}

/// Adds a film, or says why its line is malformed. The title is kept as it is, with its year.
std::string add_film(ItemTable& table, FileRead& read, std::string_view id, std::string_view title,
                     std::string_view genres, int year = 0) {
  std::string scratch;
  const auto number = parse_number<std::uint32_t>(plain_id(id, read, scratch));
  if (!number) return fmt::format("the item id {} is not a number", excerpt(id));
  Item item;
  item.title = read.text(trimmed(title));
  item.year = year >= 1 && year <= 9999 ? year : year_in_title(item.title);
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
    names.push_back(source.read_of(file).text(fields[0]));
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
  const SourceFile& file = source.open("u.item");
  for_each_line(source, file, [&](std::string_view line, bool first) -> std::string {
    const auto fields = all_fields(line, '|');
    if (fields.size() != flags_begin + names.size()) {
      return fmt::format("{} fields, not {}", fields.size(), flags_begin + names.size());
    }
    const auto flags = std::span(fields).subspan(flags_begin);
    const bool no_flag = std::none_of(flags.begin(), flags.end(),
                                      [](std::string_view flag) { return flag == "0" || flag == "1"; });
    if (first && no_flag && !parse_number<double>(fields[0])) {  // a header line
      source.read_of(file).rows = 0;
      return {};
    }
    const auto genres = flagged_genres(flags, names);
    if (!genres) return "a genre flag is neither 0 nor 1";
    return add_film(table, source.read_of(file), fields[0], fields[1], *genres);
  });
  return table;
}

ItemTable read_movies_dat(ImportSource& source) {
  ItemTable table;
  const SourceFile& file = source.open("movies.dat");
  for_each_line(source, file, [&](std::string_view line, bool /*first*/) -> std::string {
    std::array<std::string_view, 3> fields;
    if (!split_fields(line, "::", fields)) return "not 3 fields: item, title, genres";
    return add_film(table, source.read_of(file), fields[0], fields[1],
                    fields[2] == kNoGenres ? "" : fields[2]);
  });
  return table;
}

/// Of whatever copies call it: the columns go by their names without case and '_'.
ItemTable read_movies_csv(ImportSource& source) {
  ItemTable table;
  const SourceFile& file = source.open(first_there(source, {"movies.csv", "movie.csv"}));
  std::string memory;
  CsvReader rows(file.text(memory));
  FileRead& read = source.read_of(file);
  if (!rows.next()) fail_file(file, "is empty");
  const auto column = [&, header = column_keys(rows.fields())](auto... names) {
    const auto at =
        std::ranges::find_if(header, [&](const std::string& key) { return ((key == names) || ...); });
    if (at == header.end()) {
      throw Failure(ErrorKind::data,
                    fmt::format("{}:{}: the first line must name the columns movieId, title and genres",
                                file.path.string(), rows.line()));
    }
    return static_cast<std::size_t>(at - header.begin());
  };
  const std::size_t id = column("movieid", "itemid", "movie", "item", "mid", "id");
  const std::size_t title = column("title", "movietitle", "name");
  const std::size_t genres = column("genres", "genre");
  while (rows.next()) {
    ++read.rows;
    read.line = rows.line();
    if (rows.has_escapes()) read.note(Oddity::backslash, {});
    std::string reason = rows.error();
    const auto fields = rows.fields();
    if (reason.empty() && fields.size() <= std::max({id, title, genres}))
      reason = "fewer fields than columns";
    if (reason.empty()) {
      const std::string_view named = fields[genres] == kNoGenres ? "" : fields[genres];
      reason = add_film(table, read, fields[id], fields[title], named);
    }
    if (!reason.empty()) source.skip(file, rows.line(), reason);
  }
  return table;
}

/// HetRec 2011: tab-separated, with a header and a year of its own; the genres stand in a file of their own.
ItemTable read_hetrec(ImportSource& source) {
  std::unordered_map<std::string, std::string> genres;
  const SourceFile& genre_file = source.open("movie_genres.dat");
  for_each_line(source, genre_file, [&](std::string_view line, bool first) -> std::string {
    std::array<std::string_view, 2> fields;
    if (!split_fields(line, "\t", fields)) return "not 2 fields: movie, genre";
    if (first && !parse_number<double>(fields[0])) {
      source.read_of(genre_file).rows = 0;
    } else {
      genres[std::string(fields[0])] += std::string(fields[1]) + "|";
    }
    return {};
  });
  constexpr std::size_t year = 5;
  const SourceFile& file = source.open("movies.dat");
  ItemTable table;
  for_each_line(source, file, [&](std::string_view line, bool first) -> std::string {
    const auto fields = all_fields(line, '\t');
    if (fields.size() <= year) return fmt::format("{} fields, but {} are needed", fields.size(), year + 1);
    if (first && !parse_number<double>(fields[0])) {
      source.read_of(file).rows = 0;
      return {};
    }
    return add_film(table, source.read_of(file), fields[0], fields[1], genres[std::string(fields[0])],
                    parse_number<int>(fields[year]).value_or(0));
  });
  return table;
}

// --- users

const std::vector<std::string> kUserAttributes{"age", "gender", "occupation"};

// The README of MovieLens 1M.
constexpr std::array<std::string_view, 21> kOccupations{"",  // "other" or not specified
                                                        "academic or educator",
                                                        "artist",
                                                        "clerical or admin",
                                                        "college or graduate student",
                                                        "customer service",
                                                        "doctor or health care",
                                                        "executive or managerial",
                                                        "farmer",
                                                        "homemaker",
                                                        "K-12 student",
                                                        "lawyer",
                                                        "programmer",
                                                        "retired",
                                                        "sales or marketing",
                                                        "scientist",
                                                        "self-employed",
                                                        "technician or engineer",
                                                        "tradesman or craftsman",
                                                        "unemployed",
                                                        "writer"};
constexpr std::array<std::pair<int, std::string_view>, 7> kAges{{{1, "under 18"},
                                                                 {18, "18 to 24"},
                                                                 {25, "25 to 34"},
                                                                 {35, "35 to 44"},
                                                                 {45, "45 to 49"},
                                                                 {50, "50 to 55"},
                                                                 {56, "56 or more"}}};

std::string gender_of(std::string_view letter) {
  if (letter == "M" || letter == "m") return "male";
  return letter == "F" || letter == "f" ? "female" : "";
}

std::string age_of_group(std::string_view text) {
  const auto group = parse_number<int>(text);
  for (const auto& [number, words] : kAges) {
    if (group == number) return std::string(words);
  }
  return "";
}

std::string occupation_of_number(std::string_view text) {
  const auto number = parse_number<std::size_t>(text);
  return number && *number < kOccupations.size() ? std::string(kOccupations.at(*number)) : "";
}

using UserFields = std::array<std::string_view, 5>;

std::vector<std::string> in_words(const UserFields& fields, FileRead& read) {
  const std::string occupation = read.text(trimmed(fields[3]));
  const bool says_nothing = occupation == "other" || occupation == "none";
  return {parse_number<int>(fields[1]) ? std::string(fields[1]) : "", gender_of(fields[2]),
          says_nothing ? "" : occupation};
}

std::vector<std::string> in_numbers(const UserFields& fields) {
  return {age_of_group(fields[2]), gender_of(fields[1]), occupation_of_number(fields[3])};
}

/// A file of users, u.user (100K: id, age, gender, occupation, zip code, between '|') or users.dat (1M: id, gender, age,
/// occupation, zip code, between "::", age and occupation by GroupLens' numbers): by id what it says of them in words, empty where
/// that is none of the format's values. Zip codes are left out: they say where somebody lives, not who would like what.
std::map<std::uint32_t, std::vector<std::string>> read_users(ImportSource& source, const std::string& name,
                                                             std::string_view delimiter) {
  const SourceFile& file = source.open(name);
  std::map<std::uint32_t, std::vector<std::string>> users;
  for_each_line(source, file, [&](std::string_view line, bool first) -> std::string {
    UserFields fields;
    if (!split_fields(line, delimiter, fields)) return "not 5 fields";
    const auto id = parse_number<std::uint32_t>(fields[0]);
    const bool no_age = !parse_number<int>(fields[1]) && !parse_number<int>(fields[2]);
    if (first && !parse_number<double>(fields[0]) && no_age) {  // a header line
      source.read_of(file).rows = 0;
      return {};
    }
    if (!id) return fmt::format("the user id {} is not a number", excerpt(fields[0]));
    auto values = delimiter == "|" ? in_words(fields, source.read_of(file)) : in_numbers(fields);
    if (!users.emplace(*id, std::move(values)).second) return fmt::format("the user {} occurs twice", *id);
    return {};
  });
  if (users.empty()) fail_file(file, "has no users");
  return users;
}

struct Variant {
  std::string_view name;
  ItemTable (*read_items)(ImportSource&);
  std::string_view users_file;  ///< empty: users are those who rated
  std::string_view ratings_file;
  RatingFormat ratings;
};

constexpr std::array<std::string_view, 6> kRatingFiles{
    "u.data",    "user_ratedmovies-timestamps.dat", "user_ratedmovies.dat", "ratings.dat", "ratings.csv",
    "rating.csv"};

bool has_ratings(const std::filesystem::path& folder) {
  return std::ranges::any_of(
      kRatingFiles, [&](std::string_view name) { return ImportSource::has_in(folder, std::string(name)); });
}

Variant recognise(const ImportSource& source) {
  const auto* const found = std::ranges::find_if(
      kRatingFiles, [&](std::string_view name) { return source.has(std::string(name)); });
  if (found == kRatingFiles.end()) {
    const auto archives = source.files([](std::string_view name) {
      constexpr std::array<std::string_view, 5> endings{".zip", ".bz2", ".xz", ".zst", ".7z"};
      return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
    });
    throw Failure(
        ErrorKind::data,
        fmt::format(
            "{}: is not a MovieLens dataset: neither it nor a folder in it has one of {}{}",
            source.folder().string(), fmt::join(kRatingFiles, ", "),
            archives.empty() ? "" : fmt::format("; unpack {} first", to_valid_utf8(archives.front()))));
  }
  const std::string_view ratings = *found;
  if (ratings == "u.data") return {"100K", read_u_item, "u.user", ratings, {.delimiter = "\t"}};
  if (ratings == "ratings.dat") {
    const bool ten_million = !source.has("users.dat") && source.has("tags.dat");
    return {ten_million ? "10M" : "1M",
            read_movies_dat,
            source.has("users.dat") ? "users.dat" : "",
            ratings,
            {.delimiter = "::"}};
  }
  if (ratings.ends_with(".dat"))
    return {"HetRec", read_hetrec, "", ratings, {.delimiter = "\t", .has_header = true}};
  return {"CSV", read_movies_csv, "", ratings, {.delimiter = ",", .has_header = true}};
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
  source.enter(has_ratings);
  const Variant variant = recognise(source);
  const SourceFile& ratings_file = source.open(std::string(variant.ratings_file));
  Dataset dataset;
  std::vector<std::uint32_t> item_ids;
  dataset.catalogue = variant.read_items(source).make_catalogue(item_ids);
  std::map<std::uint32_t, std::vector<std::string>> users;
  std::optional<std::vector<std::uint32_t>> user_ids;
  if (!variant.users_file.empty()) {
    users =
        read_users(source, std::string(variant.users_file), variant.ratings.delimiter == "::" ? "::" : "|");
    user_ids.emplace();
    for (const auto& [id, attributes] : users) user_ids->push_back(id);
    dataset.user_attributes = kUserAttributes;
  }
  Ratings ratings = read_ratings(source, ratings_file, variant.ratings, item_ids, user_ids);
  for (const std::uint32_t id : ratings.user_ids)
    dataset.users.push_back({.external_id = std::to_string(id), .attributes = users[id]});
  dataset.interactions = std::move(ratings.interactions);
  const std::string_view release = release_of(variant.name, dataset.interactions.size());
  dataset.name = fmt::format("MovieLens {}", release);
  dataset.item_name = "movie";
  dataset.provenance = source.provenance("movielens", release);
  return dataset;
}

}  // namespace throng
