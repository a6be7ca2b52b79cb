#include "scenarios/validation/training_world.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "scenarios/run/estimate.h"
#include "scenarios/validation/asking.h"

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Scenario demo_scenario(const Json& mind) {
  return parse_scenario({{"name", "t"},
                         {"seed", 5},
                         {"dataset", {{"path", "demo"}, {"split", {{"kind", "given"}}}}},
                         {"population", {{"agents", 60}}},
                         {"mind", mind},
                         {"recommender", {{"kind", "popularity"}}}},
                        "test", {});
}

const Json& llm_mind() {
  static const Json mind =
      Json::parse(R"({"kind": "llm", "endpoints": [{"url": "http://127.0.0.1:1/v1", "model": "m"}]})");
  return mind;
}

struct SplitRow {
  Interaction row;
  SplitPart part{};
};

Dataset with_rows(Dataset dataset, std::vector<SplitRow> rows) {
  std::ranges::sort(rows, {}, [](const SplitRow& of) { return std::pair(of.row.user, of.row.item); });
  std::vector<Interaction> interactions;
  dataset.given_split.clear();
  for (const SplitRow& of : rows) {
    interactions.push_back(of.row);
    dataset.given_split.push_back(of.part);
  }
  dataset.interactions = Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(interactions),
                                      dataset.interactions.columns());
  return dataset;
}

/// The demo world with a split of its own: of each user's items every third is validation, every third test.
std::vector<SplitRow> split_rows(const Dataset& demo) {
  std::vector<SplitRow> rows;
  std::size_t n = 0;
  for (const Interaction& row : demo.interactions.rows()) rows.push_back({row, SplitPart(n++ % 3)});
  return rows;
}

/// The same past, another future: every held-out item is another one, rated the other way round, and what a source computes over all
/// interactions is computed anew.
Dataset other_future(const Dataset& demo) {
  std::vector<SplitRow> rows = split_rows(demo);
  std::map<UserId, std::vector<ItemId>> met;
  for (const SplitRow& of : rows) met[of.row.user].push_back(of.row.item);
  for (SplitRow& of : rows) {
    if (of.part == SplitPart::train) continue;
    std::vector<ItemId>& known = met[of.row.user];
    ItemId item = of.row.item;
    do {
      item = ItemId((index(item) + 7) % demo.catalogue.size());
    } while (std::ranges::find(known, item) != known.end());
    known.push_back(item);
    of.row.item = item;
    of.row.rating = 6 - of.row.rating;
  }
  Dataset other = with_rows(demo, std::move(rows));
  for (std::size_t n = 0; n < other.catalogue.size(); ++n)
    other.catalogue.items[n].mean_rating = static_cast<float>(1 + n % 5);
  for (std::size_t n = 0; n < other.users.size(); ++n) {
    const auto group = static_cast<std::uint8_t>(1 + n % 3);
    other.users[n].trait_groups = TraitGroups{.activity = group, .conformity = group, .diversity = group};
    other.users[n].persona = Persona{.taste = "I will like item " + std::to_string(n)};
  }
  return other;
}

/// A page of 20 for every agent.
std::vector<AskedPage> some_pages(const TrainingWorld& world) {
  std::vector<AskedPage> pages;
  for (const AgentId agent : world.population().everyone()) {
    AskedPage& page = pages.emplace_back(AskedPage{.agent = agent});
    for (std::size_t n = 0; n < 20; ++n)
      page.items.push_back(ItemId((11 * index(agent) + 7 * n) % world.catalogue().size()));
  }
  return pages;
}

/// Keeps what is asked.
class Listening : public Rehearsal {
 public:
  void submit(const CallKey& key, ExternalRequest request) override {
    asked[key.actor].push_back(request.parts);
    Rehearsal::submit(key, std::move(request));
  }
  std::map<ActorId, std::vector<std::vector<std::string>>> asked;
};

std::vector<std::vector<Impression>> impressions(const std::vector<std::optional<PageRecord>>& pages) {
  std::vector<std::vector<Impression>> all;
  for (const auto& page : pages) all.push_back(page.value().impressions);
  return all;
}

class TrainingWorlds : public ::testing::Test {
 protected:
  const Dataset demo_ = load_dataset("demo");
  const Dataset known_ = with_rows(demo_, split_rows(demo_));
  const Dataset other_ = other_future(demo_);
  FitObserver quiet_;
};

TEST_F(TrainingWorlds, AreTheSameWhateverIsHeldOut) {
  ASSERT_NE(dataset_digest(known_), dataset_digest(other_));
  for (const char* taste : {"latent", "ease", "mf"}) {  // mf would stop early by validation, if it had any
    const Scenario scenario = demo_scenario({{"kind", "statistical"}, {"taste", {{"kind", taste}}}});
    TrainingWorld world(scenario, known_, quiet_);
    TrainingWorld other(scenario, other_, quiet_);
    EXPECT_EQ(dataset_digest(world.training()), dataset_digest(other.training()));
    EXPECT_NE(world.split().test.rows(), other.split().test.rows());
    const std::vector<AskedPage> pages = some_pages(world);
    const auto answers = impressions(ask(world, pages, {}));
    EXPECT_EQ(answers, impressions(ask(other, pages, {}))) << taste;
    std::ptrdiff_t aligned = 0;
    for (const auto& page : answers) aligned += std::ranges::count(page, true, &Impression::aligned);
    EXPECT_GT(aligned, 100) << "the pages tell agents apart";
    EXPECT_LT(aligned, 1100);
  }
}

TEST_F(TrainingWorlds, TellLanguageModelsOfThePastOnly) {
  TrainingWorld world(demo_scenario(llm_mind()), known_, quiet_);
  TrainingWorld other(demo_scenario(llm_mind()), other_, quiet_);
  const std::vector<AskedPage> pages = some_pages(world);
  Listening model;
  Listening other_model;
  const auto answers = ask(world, pages, {.gateway = &model});
  EXPECT_EQ(impressions(answers), impressions(ask(other, pages, {.gateway = &other_model})));
  EXPECT_EQ(model.asked, other_model.asked);
  EXPECT_EQ(model.asked.size(), pages.size());
  for (const auto& [agent, calls] : model.asked) EXPECT_EQ(calls.size(), 1U) << "one page, and nothing else";
}

TEST_F(TrainingWorlds, NeedAgentsThatAreUsers) {
  Scenario sampled = demo_scenario({{"kind", "statistical"}});
  sampled.population.source = PopulationOptions::Source::sampled;
  EXPECT_THAT([&] { TrainingWorld(sampled, known_, quiet_); },
              ThrowsMessage<Failure>(HasSubstr("/population/source")));
  Scenario many = demo_scenario({{"kind", "statistical"}});
  many.population.agents = 1'000'000;
  EXPECT_EQ(TrainingWorld(many, known_, quiet_).population().size(), demo_.users.size());
}

}  // namespace
}  // namespace throng
