#include "recsys/data/demo_world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "embedded/demo_films.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "engine/base/text.h"
#include "recsys/data/item_table.h"
#include "recsys/text/csv.h"

namespace throng {
namespace {

constexpr std::size_t dimensions = 8;
using Vector = std::array<double, dimensions>;
constexpr std::int64_t year_start = 1672531200;  // 2023-01-01
constexpr double day = 86400;

constexpr Draws draws(kSyntheticSeed);

Vector normal_vector(Purpose purpose, std::uint32_t owner) {
  Vector vector;
  for (std::size_t d = 0; d < dimensions; ++d) {
    vector[d] = draws.normal(purpose, {.agent = owner, .item = static_cast<std::uint32_t>(d)});
  }
  return vector;
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t d = 0; d < dimensions; ++d) sum += a[d] * b[d];
  return sum;
}

/// unit(mean of the genres' vectors + 0.6 N): where a film or a user is in the latent space.
Vector place(std::span<const GenreId> genres, Purpose purpose, std::uint32_t owner) {
  Vector vector = normal_vector(purpose, owner);
  for (double& x : vector) x *= 0.6;
  for (const GenreId genre : genres) {
    const Vector of_genre = normal_vector(Purpose("demo/genre"), static_cast<std::uint32_t>(genre));
    for (std::size_t d = 0; d < dimensions; ++d) {
      vector[d] += of_genre[d] / static_cast<double>(genres.size());
    }
  }
  const double length = std::sqrt(dot(vector, vector));
  for (double& x : vector) x /= length;
  return vector;
}

struct Films {
  std::vector<Vector> places;
  std::vector<double> quality;
  std::vector<double> log_popularity;
};

Films make_films(const Catalogue& catalogue) {
  Films films;
  std::vector<double> appeal;
  for (std::uint32_t i = 0; i < catalogue.size(); ++i) {
    films.places.push_back(place(catalogue.items[i].genres, Purpose("demo/film"), i));
    films.quality.push_back(0.5 * draws.normal(Purpose("demo/quality"), {.item = i}));
    appeal.push_back(films.quality[i] + 0.5 * draws.normal(Purpose("demo/appeal"), {.item = i}));
  }
  std::vector<std::uint32_t> ranking(appeal.size());
  std::iota(ranking.begin(), ranking.end(), 0U);
  std::stable_sort(ranking.begin(), ranking.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return appeal[a] > appeal[b]; });
  films.log_popularity.resize(appeal.size());
  for (std::size_t rank = 0; rank < ranking.size(); ++rank) {
    films.log_popularity[ranking[rank]] = -1.5 * std::log(static_cast<double>(rank) + 8);
  }
  return films;
}

/// The match of every film with the user's taste.
std::vector<double> matches_of(std::uint32_t user, const Films& films, std::size_t genres) {
  std::vector<std::uint32_t> order(genres);
  draws.permutation(order, Purpose("demo/favourites"), {.agent = user});
  order.resize(
      std::min<std::size_t>(order.size(), 1 + draws.below(5, Purpose("demo/breadth"), {.agent = user})));
  std::vector<GenreId> favourites;
  favourites.reserve(order.size());
  for (const std::uint32_t genre : order) favourites.push_back(GenreId(genre));
  const Vector taste = place(favourites, Purpose("demo/taste"), user);
  std::vector<double> matches;
  matches.reserve(films.places.size());
  for (const Vector& film : films.places) matches.push_back(dot(taste, film));
  return matches;
}

/// The films the user has met, in the order of their times.
std::vector<std::uint32_t> films_met(std::uint32_t user, const Films& films,
                                     std::span<const double> matches) {
  const double tail = std::exp(3.4 + 0.75 * draws.normal(Purpose("demo/activity"), {.agent = user}));
  const auto count =
      static_cast<std::size_t>(std::min({20 + tail, 200.0, static_cast<double>(matches.size())}));
  std::vector<double> keys;
  for (std::uint32_t i = 0; i < matches.size(); ++i) {
    const double uniform = draws.uniform(Purpose("demo/choice"), {.agent = user, .item = i}) + 0x1p-54;
    keys.push_back(films.log_popularity[i] + 8 * matches[i] - std::log(-std::log(uniform)));
  }
  std::vector<std::uint32_t> best(matches.size());
  std::iota(best.begin(), best.end(), 0U);
  std::ranges::partial_sort(
      best, best.begin() + static_cast<std::ptrdiff_t>(count),
      [&](std::uint32_t a, std::uint32_t b) { return keys[a] != keys[b] ? keys[a] > keys[b] : a < b; });
  std::vector<std::uint32_t> order(count);
  draws.permutation(order, Purpose("demo/order"), {.agent = user});
  for (std::uint32_t& film : order) film = best[film];
  return order;
}

float rating_of(std::uint32_t user, std::uint32_t film, double quality, double match) {
  const double bias = 0.35 * draws.normal(Purpose("demo/bias"), {.agent = user});
  const double stubbornness = 0.1 + 1.4 * draws.uniform(Purpose("demo/stubbornness"), {.agent = user});
  const double noise = 0.8 * draws.normal(Purpose("demo/noise"), {.agent = user, .item = film});
  return static_cast<float>(
      std::clamp(std::round(3.05 + bias + quality + stubbornness * match + noise), 1.0, 5.0));
}

void add_interactions(std::uint32_t user, const Films& films, std::size_t genres,
                      std::vector<Interaction>& rows) {
  const std::vector<double> matches = matches_of(user, films, genres);
  auto time = year_start +
              static_cast<std::int64_t>(365 * day * draws.uniform(Purpose("demo/start"), {.agent = user}));
  for (const std::uint32_t film : films_met(user, films, matches)) {
    rows.push_back({.user = UserId(user),
                    .item = ItemId(film),
                    .rating = rating_of(user, film, films.quality[film], matches[film]),
                    .time = time});
    const double uniform = draws.uniform(Purpose("demo/gap"), {.agent = user, .item = film});
    time += 1 + static_cast<std::int64_t>(-2 * day * std::log(1 - uniform));
  }
}

constexpr std::uint32_t demo_users = 1000;
constexpr std::uint32_t synthetic_genres = 18;

Catalogue read_films() {
  CsvTable csv(embedded::demo_films, "demo/films.csv", {"title", "year", "genres", "summary"});
  ItemTable table;
  for (std::uint32_t id = 1; csv.next(); ++id) {
    if (!csv.error().empty()) csv.fail(csv.error());
    const auto year = parse_number<int>(csv.field(1));
    if (!year) csv.fail("the year is not a number");
    Item item;
    item.title = fmt::format("{} ({})", csv.field(0), *year);
    item.year = *year;
    item.summary = csv.field(3);
    table.add(id, std::move(item), csv.field(2));
  }
  std::vector<std::uint32_t> ids;
  return std::move(table).make_catalogue(ids);
}

Catalogue make_items(std::uint32_t items) {
  Catalogue catalogue;
  for (std::uint32_t g = 0; g < synthetic_genres; ++g)
    catalogue.genre_names.push_back(fmt::format("Genre {:02}", g + 1));
  std::array<std::uint32_t, synthetic_genres> order{};
  for (std::uint32_t i = 0; i < items; ++i) {
    Item item{.external_id = std::to_string(i + 1), .title = fmt::format("Item {}", i + 1)};
    draws.permutation(order, Purpose("synthetic/genres"), {.agent = i});
    const std::uint64_t genres = 1 + draws.below(3, Purpose("synthetic/breadth"), {.agent = i});
    for (std::uint64_t n = 0; n < genres; ++n) item.genres.push_back(GenreId(order[n]));
    std::sort(item.genres.begin(), item.genres.end());
    catalogue.items.push_back(std::move(item));
  }
  return catalogue;
}

}  // namespace

void add_synthetic_users(Dataset& dataset, std::uint32_t users) {
  const Films films = make_films(dataset.catalogue);
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < users; ++user) {
    dataset.users.push_back({.external_id = std::to_string(user + 1)});
    add_interactions(user, films, dataset.catalogue.genre_names.size(), rows);
  }
  dataset.interactions =
      Interactions(users, dataset.catalogue.size(), std::move(rows), {.ratings = true, .times = true});
}

Dataset make_demo_world() {
  Dataset dataset;
  dataset.name = "demo world";
  dataset.item_name = "film";
  dataset.catalogue = read_films();
  add_synthetic_users(dataset, demo_users);
  dataset.provenance = Json{{"kind", "demo"},
                            {"synthetic", "the users, their ratings and their times"},
                            {"seed", kSyntheticSeed},
                            {"films_xxh128", hash128(embedded::demo_films).hex()}};
  return dataset;
}

Dataset make_synthetic_world(std::uint32_t users, std::uint32_t items) {
  Dataset dataset;
  dataset.name = "synthetic world";
  dataset.catalogue = make_items(items);
  add_synthetic_users(dataset, users);
  dataset.provenance = Json{{"kind", "synthetic"}, {"seed", kSyntheticSeed}};
  return dataset;
}

}  // namespace throng
