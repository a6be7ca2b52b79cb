#include "scenarios/causal/causal_graph.h"

#include <gmock/gmock.h>

#include "scenarios/causal/arc_diagram.h"
#include "scenarios/causal/causal_report.h"
#include "scenarios/report/page.h"
#include "tests/scenarios/causal/generated_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Items whose popularity and quality are luck, which are shown by popularity and rated by quality.
std::vector<ObservedItem> luck_and_its_effects(std::size_t count) {
  std::vector<ObservedItem> items;
  for (std::size_t i = 0; i < count; ++i) {
    const auto luck = [&](std::uint64_t variable) { return testing::uniform_at(5, i, variable); };
    ObservedItem item{.id = std::to_string(i),
                      .quality = 3 + luck(0),
                      .popularity = static_cast<std::size_t>(100 * luck(1))};
    item.exposures = 2 * item.popularity + static_cast<std::size_t>(40 * luck(2));
    item.views = item.exposures / 4 + static_cast<std::size_t>(10 * luck(3));
    item.ratings =
        static_cast<std::size_t>(static_cast<double>(item.views) * (*item.quality + 0.5 * luck(4)));
    items.push_back(item);
  }
  return items;
}

std::string error_of(const CausalOptions& options, std::size_t items = 100) {
  try {
    causal_graph(luck_and_its_effects(items), options);
  } catch (const Failure& failure) {
    return (failure.kind() == ErrorKind::usage ? "usage: " : "data: ") + std::string(failure.what());
  }
  return "no error";
}

TEST(CausalGraph, FindsWhatItemsWereMadeOf) {
  const CausalGraph graph = causal_graph(luck_and_its_effects(400), {.resamples = 50});
  EXPECT_EQ(graph.probabilities.resamples, 50U);
  EXPECT_EQ(graph.items.size() + graph.rarely_shown + graph.incomplete, 400U);
  for (const CausalEdge& pair : graph.pairs()) {
    const std::string name = graph.options.variables[pair.cause] + " " + graph.options.variables[pair.effect];
    if (name == "popularity exposure" || name == "exposure views") {
      EXPECT_GT(pair.weight, 0.8) << name;
      EXPECT_GT(pair.probability, 0.9) << name;
    } else if (name == "quality rating") {
      EXPECT_GT(pair.weight, 0.6);
      EXPECT_GT(pair.probability, 0.9);
    } else if (name == "exposure popularity" || name == "quality popularity" || name == "popularity rating") {
      EXPECT_EQ(pair.weight, 0) << name;
      EXPECT_LT(pair.probability, 0.5) << name;
    }
    if (name == "popularity views") {
      EXPECT_EQ(pair.weight, 0) << "only by way of exposure";
      EXPECT_GT(pair.total, 0.8);
    }
  }
}

TEST(CausalGraph, LeavesOutWhatWasRarelyShownOrHasNoValue) {
  std::vector<ObservedItem> items = luck_and_its_effects(100);
  for (ObservedItem& item : items) item.exposures = std::max(item.exposures, std::size_t{10});
  items[0].exposures = 9;
  items[1].exposures = 0;
  items[2].views = 0;
  items[3].quality.reset();
  const CausalGraph graph = causal_graph(items, {.resamples = 0});
  EXPECT_EQ(graph.rarely_shown, 1U);
  EXPECT_GE(graph.incomplete, 2U);
  EXPECT_EQ(graph.items.size(), 98 - graph.incomplete);
  EXPECT_EQ(graph.pairs().front().probability, std::nullopt);
  const CausalGraph without_rating = causal_graph(
      items, {.variables = {"popularity", "exposure", "views"}, .min_exposures = 1, .resamples = 0});
  EXPECT_EQ(without_rating.items.size(), 99U);
}

TEST(CausalGraph, KeepsToWhatIsKnownOfTheOrder) {
  const CausalGraph graph = causal_graph(
      luck_and_its_effects(100), {.order = {{"rating"}, {"views", "exposure"}, {"quality"}}, .resamples = 0});
  std::vector<std::string> order = causal_json(graph)["order"].get<std::vector<std::string>>();
  std::erase(order, "popularity");
  EXPECT_EQ(order.front(), "rating");
  EXPECT_EQ(order.back(), "quality");
}

TEST(CausalGraph, KnowsTheOrderInWhichThingsHappen) {
  const std::vector<ObservedItem> items = luck_and_its_effects(100);
  const auto known = [&](const CausalOptions& options) {
    return causal_json(causal_graph(items, options))["known_order"];
  };
  EXPECT_EQ(known({.resamples = 0}),
            Json::parse(R"([["quality", "popularity"], ["exposure"], ["views"], ["rating"]])"));
  EXPECT_EQ(known({.variables = {"rating", "quality"}, .resamples = 0}),
            Json::parse(R"([["quality"], ["rating"]])"));
  EXPECT_THAT(causal_text(causal_graph(items, {.order = {}, .resamples = 0})),
              HasSubstr("nothing of the order"));
}

TEST(CausalGraph, SaysWhatIsWrongWithOptionsAndData) {
  EXPECT_EQ(error_of({.variables = {"quality", "luck"}}),
            "usage: items have no variable \"luck\"; there are: quality, popularity, exposure, views, "
            "view_share, rating");
  EXPECT_EQ(error_of({.variables = {"quality", "quality"}}),
            "usage: the variable quality stands there twice");
  EXPECT_EQ(error_of({.variables = {"quality"}}), "usage: a causal graph needs two variables or more");
  EXPECT_THAT(error_of({.order = {{"quality"}, {"luck"}}}),
              StartsWith("usage: items have no variable \"luck\""));
  EXPECT_EQ(error_of({.order = {{"views"}, {"views"}}}), "usage: the order names views twice");
  EXPECT_THAT(error_of({}, 3),
              AllOf(StartsWith("data: "), HasSubstr("a graph of 5 variables needs 6 or more")));

  std::vector<ObservedItem> alike = luck_and_its_effects(100);
  for (ObservedItem& item : alike) item.quality = 4;
  EXPECT_THAT([&] { causal_graph(alike, {}); },
              ::testing::ThrowsMessage<Failure>(HasSubstr("quality is the same for all")));
  for (ObservedItem& item : alike) item.views = 2 * item.exposures;
  EXPECT_THAT(
      [&] {
        causal_graph(alike, {.variables = {"popularity", "exposure", "views"}});
      },
      ::testing::ThrowsMessage<Failure>(HasSubstr("linear function of others")));
}

TEST(CausalReport, TellsWhatThereIs) {
  const CausalGraph graph = causal_graph(luck_and_its_effects(200), {.resamples = 20});
  EXPECT_THAT(causal_text(graph), AllOf(HasSubstr("popularity → exposure"), HasSubstr("of 20 resamples"),
                                        HasSubstr("items that were shown at least 10 times")));
  const Json json = causal_json(graph);
  EXPECT_EQ(json["edges"].size(), 20U);
  EXPECT_EQ(json["resamples"], 20);
  const Json section = causal_section(graph);
  EXPECT_EQ(section["charts"][0]["kind"], "drawing");
  const std::string page = html_report({{"title", "t"}, {"sections", Json::array({section})}});
  EXPECT_THAT(page, AllOf(HasSubstr("<svg xmlns"), HasSubstr("viewBox"), HasSubstr(">popularity</text>")));
}

TEST(CausalReport, WritesTables) {
  const TempFolder folder;
  std::vector<ObservedItem> items = luck_and_its_effects(50);
  items[49].id = "=1+1";
  const CausalGraph graph = causal_graph(items, {.resamples = 10});
  write_causal_tables(graph, folder / "tables");
  const std::string edges = read_file(folder / "tables/causal_edges.csv", ErrorKind::data);
  EXPECT_THAT(edges, StartsWith("cause,effect,weight,total,probability\n"));
  EXPECT_EQ(std::ranges::count(edges, '\n'), 1 + 5 * 4);
  const std::string values = read_file(folder / "tables/causal_items.csv", ErrorKind::data);
  EXPECT_THAT(values,
              AllOf(StartsWith("item,quality,popularity,exposure,views,rating\n"), HasSubstr("\n'=1+1,")));
  EXPECT_EQ(std::ranges::count(values, '\n'), 1 + std::ssize(graph.items));
}

TEST(ArcDiagram, PutsHostileNamesInAsText) {
  const std::vector<std::string> nodes{"<script>", "\"b\" & c"};
  const std::string svg =
      arc_diagram(nodes, std::vector<Arc>{{.from = 0, .to = 1, .weight = -0.5, .label = "</svg>"}});
  EXPECT_THAT(svg, AllOf(StartsWith("<svg "), HasSubstr("&lt;script&gt;"), HasSubstr("&lt;/svg&gt;"),
                         Not(HasSubstr("<script>")), HasSubstr("var(--series-1)")));
}

}  // namespace
}  // namespace throng
