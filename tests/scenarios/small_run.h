#pragma once

#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "scenarios/store/run_writer.h"
#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng::testing {

/// What to do with an item on a page: a rating views it, 0 passes it by.
struct Shown {
  unsigned item;
  std::uint8_t rating;
};

inline SessionRecord session_of(unsigned agent, const std::vector<std::vector<Shown>>& pages,
                                std::uint8_t score) {
  SessionRecord session{.agent = AgentId(agent)};
  for (const std::vector<Shown>& items : pages) {
    PageRecord& page = session.pages.emplace_back();
    page.page = static_cast<std::uint16_t>(session.pages.size());
    page.decision = Decision{};
    for (const auto& [item, rating] : items) {
      page.impressions.push_back({.item = ItemId(item)});
      if (rating > 0) add_view(page.actions, page.impressions.size(), rating, static_cast<Feeling>(rating));
    }
  }
  session.interview = Interview{.score = score};
  return session;
}

/// Three items (interactions: 2, 1, 0) and two users, both in the middle group of all traits but activity,
/// which is 1 and 3.
inline Dataset three_items() {
  Dataset dataset = dataset_of(2, 2, {{0}, {1}, {0, 1}}, {{0, 0, 4}, {1, 0, 5}, {1, 1, 3}});
  dataset.users[0].trait_groups = TraitGroups{.activity = 1, .conformity = 2, .diversity = 2};
  dataset.users[1].trait_groups = TraitGroups{.activity = 3, .conformity = 2, .diversity = 2};
  return dataset;
}

/// What the store says of every run.
inline void write_facts(RunWriter& writer, const std::string& dataset = "small world",
                        const std::string& status = "running") {
  writer.write_meta("status", status);
  writer.write_meta("version", "1.2.3");
  writer.write_meta("seed", "7");
  writer.write_meta("dataset", dataset);
}

/// A finished run of `dataset`'s two users. Agent 0 sees items 0 (rated 5) and 1, then items 2 (rated 4) and
/// 1; agent 1 sees items 0 and 1, and views neither.
inline void write_small_run(const TempFolder& folder, const Dataset& dataset = three_items()) {
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  const Population population(dataset, space, {}, Draws(1));
  const std::vector<SessionRecord> sessions{session_of(0, {{{0, 5}, {1, 0}}, {{2, 4}, {1, 0}}}, 8),
                                            session_of(1, {{{0, 0}, {1, 0}}}, 2)};
  RunWriter writer(folder / "run.db");
  write_facts(writer, dataset.name, "finished");
  writer.write_meta("digest", "abc");
  writer.write_items(dataset, dataset.mean_ratings());
  writer.write_agents(
      {AgentId(0), AgentId(population.size())}, population, dataset, space, [](AgentId) { return ""; },
      [](AgentId) { return "statistical"; });
  writer.write_sessions(sessions);
  writer.write_metrics(headline_metrics(std::vector{outcome_of(sessions[0]), outcome_of(sessions[1])}));
  writer.commit();
  folder.write("scenario.json",
               R"({"name": "small", "description": "two agents", "recommender": {"kind": "mf"}})");
}

/// Adds what a run with several rounds leaves behind; `round` from 1, as in run.db.
inline void write_round_metric(const TempFolder& folder, int round, const std::string& metric, double value) {
  SQLite::Database database((folder / "run.db").string(), SQLite::OPEN_READWRITE);
  SQLite::Statement insert(database, "INSERT INTO round_metrics VALUES (?, ?, ?)");
  insert.bind(1, round);
  insert.bind(2, metric);
  insert.bind(3, value);
  insert.exec();
}

}  // namespace throng::testing
