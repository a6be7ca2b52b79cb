// Importers on files of 200 MB, made for the purpose in a temporary folder. MB/s of plain text, as all of it is before it is
// packed; packed_MB/s is the speed in bytes of the gzip file. writing_s: how long the dataset folder takes afterwards.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/support/made_files.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/import/import.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

constexpr std::size_t kBytes = 200'000'000;

using Row = std::function<std::string(std::uint32_t group, std::uint32_t member, std::uint32_t n)>;

/// Half a star steps.
double stars(std::uint32_t n) { return 0.5 * static_cast<double>(1 + mixed(n) % 10); }

/// Lines by `row`, groups of about `mean` members each, until there are kBytes.
void write_rows(MadeFile& file, std::string_view header, std::uint32_t members, std::uint32_t mean,
                const Row& row) {
  file.write(header);
  std::uint32_t n = 0;
  for (std::uint32_t group = 1; file.bytes() < kBytes; ++group) {
    for (const std::uint32_t member : distinct_members(group, members, mean))
      file.write(row(group, member, n++));
  }
}

std::string movie_rating(std::uint32_t user, std::uint32_t item, std::uint32_t n) {
  return fmt::format("{},{},{:.1f},{}\n", user, item + 1, stars(n), 1'000'000'000 + n);
}

constexpr std::uint32_t kMovies = 60'000;

void make_movie_ratings(const std::filesystem::path& path) {
  MadeFile file(path);
  write_rows(file, "userId,movieId,rating,timestamp\n", kMovies, 150, movie_rating);
}

void make_movielens(const std::filesystem::path& folder) {
  make_movie_ratings(folder / "ratings.csv");
  MadeFile movies(folder / "movies.csv");
  movies.write("movieId,title,genres\n");
  for (std::uint32_t item = 1; item <= kMovies; ++item)
    movies.write(fmt::format("{},\"Film, The {} ({})\",Drama|War\n", item, item, 1950 + item % 70));
}

void make_lists(const std::filesystem::path& folder) {
  constexpr std::uint32_t items = 100'000;
  MadeFile train(folder / "train.txt");
  std::uint32_t user = 0;
  while (train.bytes() < kBytes) {
    std::string line = fmt::to_string(user);
    for (const std::uint32_t item : distinct_members(user, items, 30)) line += fmt::format(" {}", item);
    train.write(line + "\n");
    ++user;
  }
  MadeFile test(folder / "test.txt");
  test.write("4000000000 1 2\n");
}

void make_bundle(const std::filesystem::path& folder) {
  constexpr std::uint32_t items = 4'000;
  MadeFile movies(folder / "movie_detail.csv");
  movies.write("movie_id,title,genres,rating,summary\n");
  for (std::uint32_t item = 0; item < items; ++item)
    movies.write(
        fmt::format("{},Film {} (1999),Drama|War,4.1,\"Somebody, somewhere, does it.\"\n", item, item));
  MadeFile train(folder / "train.txt");
  std::uint32_t user = 0;
  for (; train.bytes() < kBytes; ++user) {
    std::string line = fmt::to_string(user);
    for (const std::uint32_t item : distinct_members(user, items, 150)) line += fmt::format(" {}", item);
    train.write(line + "\n");
  }
  MadeFile users(folder / "user_statistic.csv");
  users.write("user_id,activity,diversity,conformity\n");
  for (std::uint32_t n = 0; n <= user; ++n) users.write(fmt::format("{},1,2,3\n", n));
  MadeFile(folder / "valid.txt").write(fmt::format("{} 1\n", user));
  MadeFile(folder / "test.txt").write(fmt::format("{} 2\n", user));
}

std::string asin(std::uint32_t item) { return fmt::format("B{:09X}", mixed(item) & 0xFFFFFFFFFU); }
std::string reviewer(std::uint32_t user) { return fmt::format("A{:013X}", mixed(user) & 0xFFFFFFFFFFFFFU); }

constexpr std::uint32_t kReviewers = 1'000'000;

void make_amazon_ratings(const std::filesystem::path& path) {
  MadeFile file(path);
  write_rows(file, "", kReviewers, 25, [](std::uint32_t item, std::uint32_t user, std::uint32_t n) {
    return fmt::format("{},{},{}.0,{}\n", reviewer(user), asin(item), 1 + n % 5, 1'300'000'000 + n);
  });
}

void make_amazon_reviews(const std::filesystem::path& path) {
  MadeFile file(path);
  write_rows(file, "", kReviewers, 25, [](std::uint32_t item, std::uint32_t user, std::uint32_t n) {
    return fmt::format(
        R"({{"reviewerID": "{}", "asin": "{}", "reviewerName": "Name {}", "helpful": [{}, 3], "reviewText": "{}", )"
        R"("overall": {}.0, "summary": "Not \"bad\"", "unixReviewTime": {}, "reviewTime": "07 3, 2014"}})"
        "\n",
        reviewer(user), asin(item), user, n % 4, prose(n), 1 + n % 5, 1'300'000'000 + n);
  });
}

void make_steam_hours(const std::filesystem::path& path) {
  MadeFile file(path);
  write_rows(file, "user-id,game-title,value,\n", 5'000, 10,
             [](std::uint32_t user, std::uint32_t game, std::uint32_t n) {
               return fmt::format("{},Game of the Year {},{}.{},\n", 100'000'000 + user, game, mixed(n) % 100,
                                  n % 10);
             });
}

void make_steam_reviews(const std::filesystem::path& path) {
  MadeFile file(path);
  write_rows(file, "", 15'000, 3, [](std::uint32_t user, std::uint32_t game, std::uint32_t n) {
    return fmt::format(
        "{{u'username': u'Player {}', u'hours': u'{}.1', u'products': 41, u'product_id': u'{}', "
        "u'page_order': {}, u'date': u'2017-12-{:02}', u'text': u\"it's {}\", u'early_access': False, "
        "u'page': 1}}\n",
        user, n % 900, game, n % 10, 1 + n % 31, prose(n));
  });
}

void make_steam_items(const std::filesystem::path& path) {
  MadeFile file(path);
  for (std::uint32_t user = 0; file.bytes() < kBytes; ++user) {
    std::string line = fmt::format("{{'user_id': 'player{}', 'items_count': 5, 'items': [", user);
    for (const std::uint32_t game : distinct_members(user, 10'000, 60)) {
      line += fmt::format(
          "{{'item_id': '{}', 'item_name': 'Game of the Year {}', 'playtime_forever': {}, "
          "'playtime_2weeks': 0}}, ",
          game, game, mixed(game + user) % 6000);
    }
    file.write(line + "]}\n");
  }
}

using Make = void (*)(const std::filesystem::path&);

enum class Packed { no, yes };

struct Kind {
  const char* kind;
  const char* file;  ///< empty: the folder is the source
  Make make;
  Packed packed = Packed::no;
  CsvFormat csv{};
};

double megabytes(std::uintmax_t bytes) { return static_cast<double>(bytes) / 1e6; }

/// How long writing the dataset folder takes.
double seconds_of_writing(const Dataset& dataset, const std::filesystem::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  write_dataset_folder(dataset, folder);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run(benchmark::State& state, const Kind& kind) {
  const TempFolder folder;
  const std::filesystem::path made = folder / kind.file;
  kind.make(made);
  if (kind.packed == Packed::yes) pack(made);
  const std::filesystem::path source = kind.packed == Packed::yes ? made.string() + ".gz" : made.string();
  double writing = 0;
  std::size_t interactions = 0;
  for (auto _ : state) {
    const Imported imported = import_dataset(kind.kind, source, {.csv = kind.csv});
    state.PauseTiming();
    const std::filesystem::path out = folder / "out";
    std::filesystem::remove_all(out);
    writing += seconds_of_writing(imported.dataset, out);
    interactions += imported.dataset.interactions.size();
    state.ResumeTiming();
  }
  const auto runs = static_cast<double>(state.iterations());
  const auto per_second = [&](double amount) {
    return benchmark::Counter(runs * amount, benchmark::Counter::kIsRate);
  };
  state.counters["MB/s"] = per_second(megabytes(kBytes));
  if (kind.packed == Packed::yes) state.counters["packed_MB/s"] = per_second(megabytes(file_size(source)));
  state.counters["interactions"] = static_cast<double>(interactions) / runs;
  state.counters["writing_s"] = writing / runs;
}

const CsvFormat kMovieColumns{.user = "userId", .item = "movieId", .rating = "rating", .time = "timestamp"};

void register_kind(const char* name, const Kind& kind) {
  benchmark::RegisterBenchmark(name, [kind](benchmark::State& state) { run(state, kind); })
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

[[maybe_unused]] const bool registered = [] {
  register_kind("import/movielens", {"movielens", "", make_movielens});
  register_kind("import/csv", {"csv", "ratings.csv", make_movie_ratings, Packed::no, kMovieColumns});
  register_kind("import/lightgcn", {"lightgcn", "", make_lists});
  register_kind("import/agent4rec", {"agent4rec", "", make_bundle});
  register_kind("import/amazon_ratings", {"amazon", "Toys.csv", make_amazon_ratings});
  register_kind("import/amazon_ratings_gz", {"amazon", "Toys.csv", make_amazon_ratings, Packed::yes});
  register_kind("import/amazon_reviews", {"amazon", "Toys.json", make_amazon_reviews});
  register_kind("import/amazon_reviews_gz", {"amazon", "Toys.json", make_amazon_reviews, Packed::yes});
  register_kind("import/steam_hours", {"steam", "steam.csv", make_steam_hours});
  register_kind("import/steam_reviews", {"steam", "steam_reviews.json", make_steam_reviews});
  register_kind("import/steam_reviews_gz", {"steam", "steam_reviews.json", make_steam_reviews, Packed::yes});
  register_kind("import/steam_items", {"steam", "users_items.json", make_steam_items});
  register_kind("import/steam_items_gz", {"steam", "users_items.json", make_steam_items, Packed::yes});
  return true;
}();

}  // namespace
}  // namespace throng
