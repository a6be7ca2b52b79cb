// `throng persona build` as a user meets it, with the mock server as the model, and runs that take what it wrote.
#include <set>

#include <fmt/format.h>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

constexpr int kUsers = 30;

class CommandPersona : public LlmRun {
 protected:
  /// A dataset folder of 30 users and six items of two genres: even users rate items of the first one 5 and of the other 1.
  void write_dataset() {
    std::string users = "user_id\n";
    std::string interactions = "user_id,item_id,rating,split\n";
    int rows = 0;
    for (int user = 0; user < kUsers; ++user) {
      users += fmt::format("u{}\n", user);
      for (int item = 0; item < 6; ++item, ++rows) {
        const bool likes = (user + item) % 2 == 0;
        interactions +=
            fmt::format("u{},i{},{},{}\n", user, item, likes ? 5 : 1, item < 4 ? "train" : "validation");
      }
    }
    folder_.write("data/users.csv", users);
    folder_.write("data/interactions.csv", interactions);
    folder_.write("data/items.csv",
                  "item_id,title,genres\ni0,Gunfire,War\ni1,Laughter,Comedy\ni2,Trench,War\ni3,Jest,Comedy\n"
                  "i4,Hidden Siege,War\ni5,Hidden Joke,Comedy\n");
    folder_.write(
        "data/dataset.json",
        fmt::format(R"({{"name": "two genres", "format": 1, "item_name": "film", "genres": ["War", "Comedy"],
                    "counts": {{"users": {}, "items": 6, "interactions": {}}}, "provenance": {{}}}})",
                    kUsers, rows));
  }

  void write_scenario_of_data(const Json& changes = Json::object()) {
    write_scenario({{"dataset", {{"path", "data"}}}, {"population", {{"agents", 10}}}, {"rounds", 1}});
    Json json = Json::parse(read_file(folder_ / "s.json", ErrorKind::data));
    json.erase("retrain");
    json.merge_patch(changes);
    folder_.write("s.json", json.dump());
  }

  Finished build(std::vector<std::string> more) {
    std::vector<std::string> arguments{"persona", "build", "s.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return throng(arguments);
  }

  std::vector<Json> lines_of(const std::string& file) const {
    std::vector<Json> lines;
    std::string text = read_file(folder_ / file, ErrorKind::data);
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
      lines.push_back(Json::parse(text.substr(0, end)));
    return lines;
  }
};

// Who packs a dataset must not make us write elsewhere.
TEST_F(CommandPersona, FollowsNoLinkOutOfItsFolderOfCalls) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  std::filesystem::create_directories(folder_ / "outside");
  std::filesystem::create_directories(folder_ / "data/personas");
  std::filesystem::create_directory_symlink(folder_ / "outside", folder_ / "data/personas/llm.calls");
  const Finished built = build({});
  EXPECT_EQ(built.exit_code, 2);
  EXPECT_THAT(built.err, HasSubstr("symbolic link"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "outside"));
}

TEST_F(CommandPersona, WritesWhatTheTrainingHistorySaysAndRunsTakeIt) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  const Finished built = build({"--all"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_THAT(built.out, AllOf(HasSubstr("30 personas"), HasSubstr("--set dataset.personas=llm")));
  const std::vector<Json> lines = lines_of("data/personas/llm.jsonl");
  ASSERT_EQ(lines.size(), kUsers + 1U);
  const Json& provenance = lines[0]["provenance"];
  EXPECT_EQ(provenance["model"], "mock");
  EXPECT_EQ(provenance["prompt_digest"].get<std::string>().size(), 32U);
  EXPECT_EQ(lines[1]["user"], "u0");
  EXPECT_EQ(lines[1]["taste"], "I enjoy War.");
  EXPECT_EQ(lines[1]["reason"], "I gave Gunfire a 5.");
  EXPECT_EQ(lines[1]["low_rating"], "Above all Comedy.");
  EXPECT_EQ(lines[2]["taste"], "I enjoy Comedy.");
  EXPECT_EQ(build({}).exit_code, 2) << "the file is there";

  const Json taken = run({"--set", "dataset.personas=llm", "--out", "r"});
  EXPECT_EQ(taken["agents"], 10);
  const Finished story = throng({"story", "r", "--agent", "0", "--prompts"});
  EXPECT_THAT(story.out, AllOf(HasSubstr("- \"I enjoy War.\", because: \"I gave Gunfire a 5.\"\n"),
                               HasSubstr("Rates low: \"Above all Comedy.\""),
                               HasSubstr("recommender system for films")));
  for (const Json& caveat : taken["caveats"])
    EXPECT_THAT(caveat.get<std::string>(), Not(HasSubstr("another training part")));
  const Json scenario = Json::parse(read_file(folder_ / "r/scenario.json", ErrorKind::data));
  EXPECT_EQ(scenario["dataset"]["personas_digest"].get<std::string>().size(), 32U);

  // Of another split than they were written from they may know too much.
  const Json split =
      run({"--set", "dataset.personas=llm", "--set", "dataset.split.kind=ratio", "--out", "r2"});
  EXPECT_THAT(split["caveats"].dump(), HasSubstr("another training part"));

  folder_.write("data/personas/llm.jsonl", R"({"user": "u0", "taste": "I enjoy nothing."})");
  const Finished changed = throng({"run", "r/scenario.json", "--out", "r3"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("/dataset/personas_digest"));
}

TEST_F(CommandPersona, AreThoseOfTheScenariosPopulation) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  const auto users_of = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.begin(), {"-o", name});
    const Finished built = build(more);
    EXPECT_EQ(built.exit_code, 0) << built.err;
    std::vector<std::string> users;
    for (const Json& line : lines_of(name)) {
      if (line.contains("user")) users.push_back(line["user"].get<std::string>());
    }
    return users;
  };
  const std::vector<std::string> first = users_of("a.jsonl", {});
  ASSERT_EQ(first.size(), 10U);
  EXPECT_EQ(first.back(), "u9");
  const std::vector<std::string> some = users_of("b.jsonl", {"--set", "population.choice=random"});
  EXPECT_EQ(some.size(), 10U);
  EXPECT_NE(some, first);
  folder_.write("people.csv", "user,mood\nu7,x\nu3,y\nu7,z\n");
  EXPECT_THAT(users_of("c.jsonl", {"--set", R"(population={"file": "people.csv"})"}),
              ::testing::ElementsAre("u3", "u7"));
  EXPECT_THAT(users_of("d.jsonl", {"--set", R"(population={"file": "people.csv"})", "--first", "1"}),
              ::testing::ElementsAre("u3"));
  // Replicate n draws with the seed + n; an arm has a population of its own.
  const auto union_of = [](const std::vector<std::vector<std::string>>& lists) {
    std::set<std::string> all;
    for (const std::vector<std::string>& list : lists) all.insert(list.begin(), list.end());
    return all;
  };
  const std::vector<std::string> random{"--set", "population.choice=random"};
  const auto at_seed = [&](const std::string& name, int seed) {
    std::vector<std::string> set = random;
    set.insert(set.end(), {"--set", fmt::format("seed={}", seed)});
    return users_of(name, set);
  };
  std::vector<std::string> study{"--set", "replicates=2", "--set", "seed=3"};
  study.insert(study.end(), random.begin(), random.end());
  const std::vector<std::string> of_study = users_of("e.jsonl", study);
  const std::set<std::string> of_runs = union_of({at_seed("f.jsonl", 3), at_seed("g.jsonl", 4)});
  EXPECT_GT(of_runs.size(), 10U);
  EXPECT_EQ(std::set(of_study.begin(), of_study.end()), of_runs);
  const std::vector<std::string> of_arms =
      users_of("h.jsonl", {"--set", R"(arms={"few": {}, "more": {"population": {"agents": 14}}})"});
  EXPECT_EQ(of_arms.size(), 14U);
  // What has been answered for some is not asked again for all.
  const Json all = json_of(build({"-o", "a.jsonl", "--all", "--overwrite", "--json"}));
  EXPECT_EQ(all["llm"]["from_journal"], 10);
  EXPECT_EQ(all["llm"]["live"], kUsers - 10);
}

// The paper's leak: a persona that was written from what is held out.
TEST_F(CommandPersona, HeldOutItemsAreNotInThePrompts) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  ASSERT_EQ(build({}).exit_code, 0);
  const std::string journal = read_file(folder_ / "data/personas/llm.calls/journal.db", ErrorKind::data);
  EXPECT_NE(journal.find("Gunfire"), std::string::npos);
  EXPECT_EQ(journal.find("Hidden"), std::string::npos);
}

TEST_F(CommandPersona, GoesOnAfterABudgetAndIsReplayedWithoutTheServer) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  ASSERT_EQ(build({"-o", "whole.jsonl", "--all"}).exit_code, 0);
  const std::string whole = read_file(folder_ / "whole.jsonl", ErrorKind::data);
  const Finished stopped = build({"-o", "p.jsonl", "--all", "--set", "budget.tokens=6000"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("the same command goes on"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "p.jsonl")) << "nothing half-written";
  const Json resumed = json_of(build({"-o", "p.jsonl", "--all", "--json", "--set", "budget.tokens=1000000"}));
  EXPECT_GT(resumed["llm"]["from_journal"], 0);
  EXPECT_EQ(resumed["llm"]["from_journal"].get<int>() + resumed["llm"]["live"].get<int>(), kUsers);
  EXPECT_EQ(read_file(folder_ / "p.jsonl", ErrorKind::data), whole);
  stop_mock();

  const Json replayed = json_of(build({"-o", "again.jsonl", "--all", "--replay", "whole.calls", "--json"}));
  EXPECT_EQ(replayed["llm"]["replayed"], kUsers);
  EXPECT_EQ(read_file(folder_ / "again.jsonl", ErrorKind::data), whole);
  const Finished others = build({"-o", "none.jsonl", "--replay", "again.calls", "--history", "1"});
  EXPECT_EQ(others.exit_code, 4) << "other questions have no replies";
  EXPECT_THAT(others.err, AllOf(HasSubstr("the same without --replay"), Not(HasSubstr("--reuse"))));
}

TEST_F(CommandPersona, RepairsRepliesThatCannotBeUsedAndCountsWhatIsLeft) {
  write_dataset();
  serve({"--faults", "invalid_content=0.6"});
  write_scenario_of_data({{"dataset", {{"path", "demo"}}}});
  constexpr int asked = 60;
  const Json built = json_of(build({"--all", "--first", "60", "-o", "p.jsonl", "--json"}));
  const int unusable = built["unusable"].get<int>();
  EXPECT_NEAR(unusable, asked * 0.6 * 0.6 * 0.6, 12.8) << "three tries each; four standard deviations";
  EXPECT_EQ(built["written"].get<int>() + unusable, asked);
  EXPECT_GT(built["llm"]["calls"], asked);
  const std::vector<Json> lines = lines_of("p.jsonl");
  EXPECT_EQ(lines.size(), 1U + static_cast<std::size_t>(asked - unusable));
  EXPECT_EQ(lines[0]["provenance"]["unusable"], unusable);
  for (std::size_t i = 1; i < lines.size(); ++i)
    EXPECT_THAT(lines[i]["taste"].get<std::string>(), HasSubstr("I enjoy"));
  EXPECT_EQ(build({"--all", "--first", "60", "-o", "q.jsonl", "--set", "max_degraded_share=0.001"}).exit_code,
            5);
  // Whom nothing was written about keeps a persona by rule.
  EXPECT_EQ(
      run({"--set", "dataset.personas=p.jsonl", "--set", "population.agents=30", "--out", "r"})["agents"],
      30);
}

TEST_F(CommandPersona, ItemsGetASentenceAndUnknownOnesMayBeLeftOut) {
  write_dataset();
  serve({});
  write_scenario_of_data();
  ASSERT_EQ(build({"--items", "--name", "told"}).exit_code, 0);
  std::vector<Json> lines = lines_of("data/items/told.jsonl");
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[1]["item"], "i0");
  std::string text;
  for (Json& line : lines) {
    if (line.contains("item")) {
      line["known"] = line["item"] != "i4";
      line["summary"] = "A story told anew.";
    }
    text += line.dump() + "\n";
  }
  folder_.write("data/items/mine.jsonl", text);
  const std::string shows_all = "session.items_per_page=6";
  run({"--set", "dataset.item_profiles=mine", "--set", "dataset.unknown_items=left_out", "--set", shows_all,
       "--out", "r"});
  std::string told;
  for (int agent = 0; agent < 10; ++agent)
    told += throng({"story", "r", "--agent", std::to_string(agent), "--prompts"}).out;
  EXPECT_THAT(
      told, AllOf(HasSubstr("A story told anew."), Not(HasSubstr("Hidden Siege")), HasSubstr("Hidden Joke")));
}

TEST_F(CommandPersona, TakesADatasetAndAnEndpointInPlaceOfAScenario) {
  write_dataset();
  serve({});
  EXPECT_EQ(throng({"persona", "build", "data"}).exit_code, 2) << "who is asked?";
  const Json built = json_of(throng({"persona", "build", "data", "--url", url_, "--model", "mock", "--first",
                                     "4", "--name", "few", "--json"}));
  EXPECT_EQ(built["written"], 4);
  EXPECT_EQ(lines_of("data/personas/few.jsonl").size(), 5U);
  const Finished nowhere = throng({"persona", "build", "demo", "--url", url_, "--model", "mock"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("-o FILE"));
}

TEST_F(CommandPersona, WhatIsWrongInAFileIsNamed) {
  write_dataset();
  url_ = "http://127.0.0.1:1/v1";
  write_scenario_of_data();
  folder_.write("data/personas/bad.jsonl",
                "{\"provenance\": {}}\n{\"user\": \"nobody\", \"taste\": \"x\"}\n");
  const Finished person = throng({"run", "s.json", "--set", "dataset.personas=bad"});
  EXPECT_EQ(person.exit_code, 3);
  EXPECT_THAT(person.err, HasSubstr("bad.jsonl:2: two genres has no user \"nobody\""));
  folder_.write("data/items/bad.jsonl", "{\"item\": \"i0\", \"known\": 1, \"summary\": \"\"}\n");
  const Finished item = throng({"run", "s.json", "--set", "dataset.item_profiles=bad"});
  EXPECT_EQ(item.exit_code, 3);
  EXPECT_THAT(item.err, HasSubstr("bad.jsonl:1: \"known\": expected true or false"));
  EXPECT_EQ(throng({"run", "s.json", "--set", "dataset.personas=absent"}).exit_code, 2);
  EXPECT_EQ(throng({"run", "s.json", "--set", "dataset.unknown_items=left_out"}).exit_code, 2);
}

}  // namespace
}  // namespace throng
