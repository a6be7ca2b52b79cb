#include "recsys/data/demo_world.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "embedded/demo_films.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/sim/random.h"
#include "recsys/data/csv.h"
#include "recsys/data/item_table.h"
#include "recsys/data/synthetic_users.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

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
  const Draws draws(kSyntheticSeed);
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

Dataset make_demo_world() {
  Dataset dataset;
  dataset.name = "demo world";
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
