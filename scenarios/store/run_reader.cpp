#include "scenarios/store/run_reader.h"

#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "scenarios/store/run_connection.h"

namespace throng {
namespace {

VirtualTime time_from(const SQLite::Column& microseconds) {
  return VirtualTime(Duration(microseconds.getInt64()));
}

std::uint8_t small(const SQLite::Column& number) { return static_cast<std::uint8_t>(number.getInt()); }

std::optional<std::uint32_t> optional_number(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getUInt());
}

std::optional<double> optional_real(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getDouble());
}

Decision decision_from(SQLite::Statement& row, int first_column) {
  return {.satisfaction = optional_real(row.getColumn(first_column)),
          .fatigue = optional_real(row.getColumn(first_column + 1)),
          .exits = row.getColumn(first_column + 2).getInt() != 0,
          .search = row.getColumn(first_column + 3).getString()};  // null reads as ""
}

/// The columns of a StoredAgent, in this order, for `stored_agent`.
constexpr const char* kAgentColumns =
    "agent, external_id, perturbed, activity, conformity, diversity, favourite_genres, persona, mind";

StoredAgent stored_agent(SQLite::Statement& row) {
  return {.agent = AgentId(row.getColumn(0).getUInt()),
          .external_id = row.getColumn(1).getString(),
          .perturbed = row.getColumn(2).getInt() != 0,
          .traits = {.activity = small(row.getColumn(3)),
                     .conformity = small(row.getColumn(4)),
                     .diversity = small(row.getColumn(5))},
          .favourite_genres = row.getColumn(6).getString(),
          .persona = row.getColumn(7).getString(),
          .mind = row.getColumn(8).getString()};
}

SessionDigest session_digest(SQLite::Statement& row) {
  return {.agent = AgentId(row.getColumn(0).getUInt()),
          .round = static_cast<std::uint16_t>(row.getColumn(1).getUInt()),
          .digest = Hash128::from_hex(row.getColumn(2).getString())};
}

/// 0: it was not done.
std::uint8_t action_value(const ActionInfo& info, const SQLite::Column& column) {
  return info.form == ActionInfo::Form::feeling ? static_cast<std::uint8_t>(feeling_from(column.getString()))
                                                : small(column);  // null reads as 0
}

}  // namespace

RunReader::RunReader(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / "run.db";
  if (!std::filesystem::exists(file)) {
    throw Failure(ErrorKind::data,
                  fmt::format("{}: not a run folder: it has no run.db", run_folder.string()));
  }
  try {
    connection_ = std::make_unique<Connection>(file.string());
    connection_->query("SELECT value FROM meta LIMIT 1").executeStep();
    connection_->query("SELECT agent, digest FROM digests LIMIT 1").executeStep();
    connection_->query("SELECT interactions FROM items LIMIT 1").executeStep();
    connection_->query("SELECT value FROM round_metrics LIMIT 1").executeStep();
    connection_->query("SELECT gave_up FROM failures LIMIT 1").executeStep();
    connection_->check.facts();
  } catch (const SQLite::Exception& error) {
    throw Failure(ErrorKind::data,
                  fmt::format("{}: cannot be read as a run: {}", file.string(), error.what()));
  }
}

RunReader::~RunReader() = default;

std::string RunReader::meta(const std::string& key) const {
  auto rows = connection_->query("SELECT value FROM meta WHERE key = ?", key);
  return rows.executeStep() ? rows.getColumn(0).getString() : "";
}

void RunReader::with_meta(const std::string& key, const std::function<void(const Json&)>& use) const {
  const std::string text = meta(key);
  if (text.empty()) return;
  const auto damaged = [&](const std::string& problem) {
    connection_->check.fail(fmt::format("table meta, {}: {}", key, problem));
  };
  const Result<Json> json = parse_json(text, key, ErrorKind::data);
  if (!json) damaged(json.error().message);
  try {
    use(*json);
  } catch (const Json::exception& error) {
    damaged(error.what());
  }
}

const std::vector<Outcome>& RunReader::outcomes() const {
  if (!outcomes_) outcomes_ = read_outcomes();
  return *outcomes_;
}

std::vector<Outcome> RunReader::read_outcomes() const {
  connection_->check_rows();
  std::string counts;
  for (const ActionInfo& info : action_kinds()) {
    if (info.is_optional)
      counts += fmt::format(", COALESCE(SUM({}), 0)", connection_->column_or("impressions", info.done, "0"));
  }
  const auto part = [&](const std::string& of) {
    return fmt::format(
        "SELECT s.agent, s.round, COUNT(i.item), COALESCE(SUM(i.viewed), 0), "
        "  COALESCE(SUM(COALESCE(i.rating, 0) >= ?1), 0), COUNT(DISTINCT i.page), "
        "  (SELECT score FROM {0}interviews v WHERE v.agent = s.agent AND v.round = s.round), s.abandoned{1} "
        "FROM {0}sessions s LEFT JOIN {0}counted_impressions i USING (agent, round) "
        "GROUP BY s.agent, s.round",
        of, counts);
  };
  auto rows =
      connection_->query(connection_->file_by_file(part) + " ORDER BY 1, 2", static_cast<int>(kLikedRating));
  std::vector<Outcome> outcomes;
  while (rows.executeStep()) {
    outcomes.push_back({.agent = AgentId(rows.getColumn(0).getUInt()),
                        .round = connection_->round_from(rows.getColumn(1)),
                        .shown = rows.getColumn(2).getUInt(),
                        .viewed = rows.getColumn(3).getUInt(),
                        .liked = rows.getColumn(4).getUInt(),
                        .pages = rows.getColumn(5).getUInt(),
                        .abandoned = rows.getColumn(7).getInt() != 0,
                        .score = optional_number(rows.getColumn(6))});
    int column = 8;
    for (std::size_t i = 0; i < kActionKinds; ++i) {
      if (action_kinds()[i].is_optional) outcomes.back().optional[i] = rows.getColumn(column++).getUInt();
    }
  }
  add_searches(outcomes);
  add_adverts(outcomes);
  add_alignment(outcomes);
  return outcomes;
}

Outcome& RunReader::outcome_at(std::vector<Outcome>& outcomes, AgentId agent, std::uint16_t round) const {
  const std::pair at(agent, round);
  const auto found = std::ranges::lower_bound(
      outcomes, at, {}, [](const Outcome& outcome) { return std::pair(outcome.agent, outcome.round); });
  if (found == outcomes.end() || std::pair(found->agent, found->round) != at)
    connection_->check.fail(fmt::format("table pages, agent {}: it has no session", index(agent)));
  return *found;
}

void RunReader::add_searches(std::vector<Outcome>& outcomes) const {
  if (connection_->column_or("pages", "results_of", "").empty()) return;
  const auto outcome_of = [&](SQLite::Statement& row) -> Outcome& {
    return outcome_at(outcomes, AgentId(row.getColumn(0).getUInt()),
                      connection_->round_from(row.getColumn(1)));
  };
  auto searches = connection_->query(
      "SELECT agent, round, COUNT(*) FROM pages WHERE search IS NOT NULL AND NOT degraded "
      "GROUP BY agent, round");
  while (searches.executeStep()) outcome_of(searches).searches = searches.getColumn(2).getUInt();
  const auto part = [](const std::string& of) {
    return fmt::format(
        "SELECT agent, round, COUNT(*), SUM(viewed), SUM(COALESCE(rating, 0) >= ?1) FROM {0}pages p "
        "JOIN {0}counted_impressions USING (agent, round, page) WHERE p.results_of IS NOT NULL "
        "GROUP BY agent, round",
        of);
  };
  auto results = connection_->query(connection_->file_by_file(part), static_cast<int>(kLikedRating));
  while (results.executeStep()) {
    Outcome& outcome = outcome_of(results);
    outcome.found = results.getColumn(2).getUInt();
    outcome.found_viewed = results.getColumn(3).getUInt();
    outcome.shown -= outcome.found;
    outcome.viewed -= outcome.found_viewed;
    outcome.liked -= results.getColumn(4).getUInt();
  }
}

void RunReader::add_adverts(std::vector<Outcome>& outcomes) const {
  if (!connection_->database.tableExists("words")) return;  // of an earlier version
  const auto part = [&](const std::string& of) {
    return fmt::format(
        "SELECT agent, round, COUNT(*), SUM(viewed), SUM(COALESCE(rating, 0) >= ?1) FROM {0}words "
        "JOIN {0}{1} USING (agent, round, page, position) GROUP BY agent, round",
        of, connection_->ranked);
  };
  auto adverts = connection_->query(connection_->file_by_file(part), static_cast<int>(kLikedRating));
  while (adverts.executeStep()) {
    Outcome& outcome = outcome_at(outcomes, AgentId(adverts.getColumn(0).getUInt()),
                                  connection_->round_from(adverts.getColumn(1)));
    outcome.adverts = adverts.getColumn(2).getUInt();
    outcome.adverts_viewed = adverts.getColumn(3).getUInt();
    outcome.adverts_liked = adverts.getColumn(4).getUInt();
  }
}

void RunReader::add_alignment(std::vector<Outcome>& outcomes) const {
  if (connection_->column_or("impressions", "hidden", "").empty()) return;  // of an earlier version
  auto rows = connection_->query(connection_->file_by_file([&](const std::string& of) {
    return fmt::format(
        "SELECT agent, round, COUNT(*), SUM(aligned), SUM(hidden), SUM(aligned AND hidden) FROM {}{} "
        "WHERE hidden IS NOT NULL GROUP BY agent, round",
        of, connection_->ranked);
  }));
  while (rows.executeStep()) {
    Outcome& outcome = outcome_at(outcomes, AgentId(rows.getColumn(0).getUInt()),
                                  connection_->round_from(rows.getColumn(1)));
    outcome.judged = rows.getColumn(2).getUInt();
    outcome.aligned = rows.getColumn(3).getUInt();
    outcome.hidden = rows.getColumn(4).getUInt();
    outcome.hidden_aligned = rows.getColumn(5).getUInt();
  }
}

std::vector<Metric> RunReader::metrics() const {
  auto rows = connection_->query(fmt::format(
      "SELECT metric, mean, standard_error, agents, pages, {}, {} FROM metrics ORDER BY position",
      connection_->column_or("metrics", "title", "NULL"), connection_->column_or("metrics", "unit", "NULL")));
  std::vector<Metric> metrics;
  while (rows.executeStep()) {
    metrics.push_back({.name = rows.getColumn(0).getString(),
                       .mean = rows.getColumn(1).getDouble(),
                       .standard_error = rows.getColumn(2).getDouble(),
                       .agents = rows.getColumn(3).getUInt(),
                       .pages = rows.getColumn(4).getUInt(),
                       .is_mean = !rows.getColumn(2).isNull(),
                       .title = rows.getColumn(5).getString(),  // null reads as ""
                       .unit = rows.getColumn(6).getString()});
  }
  return metrics;
}

std::vector<MetricValues> RunReader::own_values() const {
  if (!connection_->database.tableExists("agent_metrics")) return {};  // of an earlier version
  connection_->check_rows();
  auto rows = connection_->query("SELECT metric, agent, value FROM agent_metrics ORDER BY metric, agent");
  std::vector<MetricValues> values;
  while (rows.executeStep()) {
    const std::string name = rows.getColumn(0).getString();
    if (values.empty() || values.back().name != name) values.push_back({.name = name});
    values.back().agents.push_back(
        {.agent = AgentId(rows.getColumn(1).getUInt()), .value = rows.getColumn(2).getDouble()});
  }
  return values;
}

std::vector<TraitGroups> RunReader::traits() const {
  connection_->check_rows();
  auto rows = connection_->query("SELECT activity, conformity, diversity FROM agents ORDER BY agent");
  std::vector<TraitGroups> traits;
  while (rows.executeStep()) {
    traits.push_back({.activity = small(rows.getColumn(0)),
                      .conformity = small(rows.getColumn(1)),
                      .diversity = small(rows.getColumn(2))});
  }
  return traits;
}

std::array<std::size_t, 5> RunReader::rating_counts() const {
  connection_->check_rows();
  auto rows = connection_->query(
      "SELECT rating, COUNT(*) FROM counted_impressions WHERE viewed GROUP BY rating ORDER BY rating");
  std::array<std::size_t, 5> counts{};
  while (rows.executeStep()) counts.at(rows.getColumn(0).getUInt() - 1) = rows.getColumn(1).getUInt();
  return counts;
}

std::optional<StoredAgent> RunReader::agent(AgentId agent) const {
  connection_->check_rows_of(agent);
  auto rows =
      connection_->query(fmt::format("SELECT {} FROM agents WHERE agent = ?", kAgentColumns), number(agent));
  if (!rows.executeStep()) return std::nullopt;
  return stored_agent(rows);
}

RowStream<StoredAgent> RunReader::agents() const {
  connection_->check_rows();
  return stream(connection_->query(fmt::format("SELECT {} FROM agents ORDER BY agent", kAgentColumns)),
                stored_agent);
}

RowStream<SessionDigest> RunReader::digests() const {
  connection_->check_rows();
  return stream(
      connection_->query(fmt::format("SELECT agent, round - {}, digest FROM digests ORDER BY agent, round",
                                     connection_->first_round)),
      session_digest);
}

std::vector<SessionRecord> RunReader::sessions(AgentId agent) const {
  connection_->check_rows_of(agent);
  auto rows = connection_->query("SELECT round FROM sessions WHERE agent = ? ORDER BY round", number(agent));
  std::vector<SessionRecord> sessions;
  while (rows.executeStep()) {
    sessions.push_back(session(agent, connection_->round_from(rows.getColumn(0))));
  }
  return sessions;
}

SessionRecord RunReader::session(AgentId agent, std::uint16_t round) const {
  connection_->check_rows_of(agent);
  SessionRecord session{.agent = agent, .round = round};
  auto head = connection_->query(
      "SELECT started_us, ended_us, score, digest FROM sessions WHERE agent = ? AND round = ?", number(agent),
      connection_->stored(round));
  if (head.executeStep()) {
    session.started = time_from(head.getColumn(0));
    session.ended = time_from(head.getColumn(1));
    if (!head.getColumn(2).isNull()) session.interview = Interview{.score = small(head.getColumn(2))};
    session.digest = Hash128::from_hex(head.getColumn(3).getString());
  }

  auto pages = connection_->query(
      fmt::format(
          "SELECT p.page, p.shown_at_us, p.satisfaction, p.satisfaction_so_far, p.fatigue, p.exits, {}, "
          "r.satisfaction, p.degraded, {} "
          "FROM pages p LEFT JOIN reflections r USING (agent, round, page) "
          "WHERE agent = ? AND round = ? ORDER BY p.page",
          connection_->column_or("pages", "search", "NULL"),
          connection_->column_or("pages", "results_of", "NULL")),
      number(agent), connection_->stored(round));
  while (pages.executeStep()) {
    PageRecord& page = session.pages.emplace_back();
    page.page = static_cast<std::uint16_t>(pages.getColumn(0).getUInt());
    if (page.page != session.pages.size())
      connection_->fail_at("pages", session, page.page, "the page before it is missing");
    page.shown_at = time_from(pages.getColumn(1));
    page.satisfaction = optional_real(pages.getColumn(2));
    if (pages.getColumn(8).getInt() == 0) page.decision = decision_from(pages, 3);
    if (!pages.getColumn(7).isNull())
      page.reflection = Reflection{.satisfaction = pages.getColumn(7).getDouble()};
    page.results_of = pages.getColumn(9).getString();
  }

  add_impressions(session);
  add_words(session);
  add_prompt_orders(session);
  add_answers(session);
  session.notes = notes(agent, round);
  return session;
}

void RunReader::add_impressions(SessionRecord& session) const {
  std::string columns = "page, item, mean_rating, aligned";
  for (const ActionInfo& info : action_kinds())
    columns += ", " + connection_->column_or("impressions", info.done, "0");
  columns += ", " + connection_->column_or("impressions", "hidden", "NULL");
  auto impressions = connection_->query(fmt::format("SELECT {} FROM impressions LEFT JOIN items USING (item) "
                                                    "WHERE agent = ? AND round = ? ORDER BY page, position",
                                                    columns),
                                        number(session.agent), connection_->stored(session.round));
  while (impressions.executeStep()) {
    PageRecord& page = connection_->page_of(session, impressions.getColumn(0), "impressions");
    page.impressions.push_back({.item = ItemId(impressions.getColumn(1).getUInt()),
                                .mean_rating = static_cast<float>(impressions.getColumn(2).getDouble()),
                                .aligned = impressions.getColumn(3).getInt() != 0});
    int column = 4;
    for (const ActionInfo& info : action_kinds()) {
      if (const std::uint8_t value = action_value(info, impressions.getColumn(column++)))
        page.actions.push_back({.position = static_cast<std::uint16_t>(page.impressions.size()),
                                .kind = info.kind,
                                .value = value});
    }
    if (const SQLite::Column hidden = impressions.getColumn(column); !hidden.isNull())
      page.impressions.back().hidden = hidden.getInt() != 0;
  }
}

void RunReader::add_words(SessionRecord& session) const {
  if (!connection_->database.tableExists("words")) return;  // of an earlier version
  auto words = connection_->query(
      "SELECT page, position, text FROM words WHERE agent = ? AND round = ? ORDER BY page, position",
      number(session.agent), connection_->stored(session.round));
  while (words.executeStep()) {
    connection_->page_of(session, words.getColumn(0), "words")
        .words.push_back({.position = static_cast<std::uint16_t>(words.getColumn(1).getUInt()),
                          .text = words.getColumn(2).getString()});
  }
}

void RunReader::add_prompt_orders(SessionRecord& session) const {
  if (!connection_->database.tableExists("prompt_places")) return;  // of an earlier version
  auto places = connection_->query(
      "SELECT page, position FROM prompt_places WHERE agent = ? AND round = ? ORDER BY page, place",
      number(session.agent), connection_->stored(session.round));
  while (places.executeStep()) {
    connection_->page_of(session, places.getColumn(0), "prompt_places")
        .prompt_order.push_back(static_cast<std::uint16_t>(places.getColumn(1).getUInt()));
  }
}

Notes RunReader::notes(AgentId agent, std::uint16_t round) const {
  Notes notes;
  auto sayings = connection_->query(
      "SELECT page, position, about, text FROM sayings WHERE agent = ? AND round = ? ORDER BY number",
      number(agent), connection_->stored(round));
  while (sayings.executeStep()) {
    notes.sayings.push_back({.page = static_cast<std::uint16_t>(sayings.getColumn(0).getUInt()),
                             .position = static_cast<std::uint16_t>(sayings.getColumn(1).getUInt()),
                             .about = about_from(sayings.getColumn(2).getString()),
                             .text = sayings.getColumn(3).getString()});
  }
  auto failures = connection_->query(
      "SELECT page, step, problem, reply, gave_up FROM failures WHERE agent = ? AND round = ? ORDER BY "
      "number",
      number(agent), connection_->stored(round));
  while (failures.executeStep()) {
    notes.unusable.push_back({.page = static_cast<std::uint16_t>(failures.getColumn(0).getUInt()),
                              .step = step_from(failures.getColumn(1).getString()),
                              .problem = failures.getColumn(2).getString(),
                              .reply = failures.getColumn(3).getString(),
                              .gave_up = failures.getColumn(4).getInt() != 0});
  }
  return notes;
}

StoredItem RunReader::item(ItemId item) const {
  auto rows = connection_->query("SELECT title, external_id, genres FROM items WHERE item = ?",
                                 static_cast<std::int64_t>(item));
  if (!rows.executeStep()) return {};
  const std::string title = rows.getColumn(0).getString();
  return {.title = title.empty() ? rows.getColumn(1).getString() : title,
          .genres = rows.getColumn(2).getString()};
}

std::vector<ItemFigures> RunReader::items() const {
  connection_->check_rows();
  auto rows = connection_->query(
      "SELECT item, external_id, title, genres, mean_rating, interactions, "
      "  COALESCE(shown, 0), COALESCE(viewed, 0), COALESCE(liked, 0), given "
      "FROM items LEFT JOIN (SELECT item, COUNT(*) AS shown, SUM(viewed) AS viewed, "
      "  SUM(COALESCE(rating, 0) >= ?) AS liked, AVG(rating) AS given FROM " +
          std::string(connection_->ranked) + " GROUP BY item) USING (item) ORDER BY item",
      static_cast<int>(kLikedRating));
  std::vector<ItemFigures> items;
  while (rows.executeStep()) {
    items.push_back({.item = ItemId(rows.getColumn(0).getUInt()),
                     .external_id = rows.getColumn(1).getString(),
                     .title = rows.getColumn(2).getString(),
                     .genres = rows.getColumn(3).getString(),
                     .mean_rating = optional_real(rows.getColumn(4)),
                     .interactions = rows.getColumn(5).getUInt(),
                     .shown = rows.getColumn(6).getUInt(),
                     .viewed = rows.getColumn(7).getUInt(),
                     .liked = rows.getColumn(8).getUInt(),
                     .given_rating = rows.getColumn(9).getDouble()});
  }
  return items;
}

std::vector<PageFigures> RunReader::pages() const {
  connection_->check_rows();
  const auto part = [&](const std::string& of) {
    return fmt::format("SELECT page, SUM(viewed) AS views FROM {}{} GROUP BY agent, round, page", of,
                       connection_->ranked);
  };
  auto rows = connection_->query(fmt::format(
      "SELECT page, COUNT(*), AVG(views), AVG(views * views) FROM ({}) GROUP BY page ORDER BY page",
      connection_->file_by_file(part)));
  std::vector<PageFigures> pages;
  while (rows.executeStep()) {
    PageFigures& page = pages.emplace_back(PageFigures{.page = rows.getColumn(0).getUInt(),
                                                       .sessions = rows.getColumn(1).getUInt(),
                                                       .views = rows.getColumn(2).getDouble()});
    page.standard_error = standard_error(page.sessions, page.views, rows.getColumn(3).getDouble());
  }
  return pages;
}

AllowedActions RunReader::actions() const {
  AllowedActions actions;
  with_meta("actions", [&](const Json& names) {
    for (const AllowedAction& action : allowed_actions())
      actions.*action.is_allowed =
          std::find(names.begin(), names.end(), Json(std::string(action.name))) != names.end();
  });
  return actions;
}

std::vector<SearchFigures> RunReader::searches() const {
  connection_->check_rows();
  if (connection_->column_or("pages", "search", "").empty()) return {};
  auto rows = connection_->query(
      "SELECT query, times, COALESCE(answered, 0), COALESCE(found, 0), COALESCE(viewed, 0) FROM "
      "  (SELECT lower(search) AS query, COUNT(*) AS times FROM pages WHERE search IS NOT NULL GROUP BY "
      "query) "
      "LEFT JOIN "
      "  (SELECT lower(results_of) AS query, COUNT(DISTINCT agent || ' ' || round || ' ' || page) AS "
      "answered, "
      "     COUNT(*) AS found, SUM(viewed) AS viewed "
      "   FROM pages JOIN counted_impressions USING (agent, round, page) WHERE results_of IS NOT NULL "
      "   GROUP BY lower(results_of)) "
      "USING (query) ORDER BY times DESC, query");
  std::vector<SearchFigures> searches;
  while (rows.executeStep()) {
    searches.push_back({.query = rows.getColumn(0).getString(),
                        .times = rows.getColumn(1).getUInt(),
                        .answered = rows.getColumn(2).getUInt(),
                        .found = rows.getColumn(3).getUInt(),
                        .viewed = rows.getColumn(4).getUInt()});
  }
  return searches;
}

std::vector<PositionFigures> RunReader::positions(Places places) const {
  connection_->check_rows();
  if (places == Places::in_prompt && !connection_->database.tableExists("prompt_places")) return {};
  const auto moments = [](const char* value) {
    return fmt::format("COUNT({0}), AVG({0}), AVG({0} * {0})", value);
  };
  const char* const at = places == Places::on_page ? "position" : places == Places::pages ? "page" : "place";
  const auto part = [&](const std::string& of) {
    const std::string join = places == Places::in_prompt
                                 ? "JOIN " + of + "prompt_places USING (agent, round, page, position)"
                                 : "";
    return fmt::format(
        "SELECT {1} AS at, COUNT(*) AS shown, AVG(aligned) AS aligned, AVG(viewed) AS viewed, "
        "  AVG(rating) AS rating "
        "FROM {0}{2} {3} WHERE agent NOT IN (SELECT agent FROM {0}sessions WHERE abandoned) "
        "GROUP BY agent, at",
        of, at, connection_->ranked, join);
  };
  auto rows = connection_->query(
      fmt::format("SELECT at, SUM(shown), {}, {}, {} FROM ({}) GROUP BY at ORDER BY at", moments("aligned"),
                  moments("viewed"), moments("rating"), connection_->file_by_file(part)));
  std::vector<PositionFigures> positions;
  while (rows.executeStep()) {
    positions.push_back({.position = rows.getColumn(0).getUInt(),
                         .shown = rows.getColumn(1).getUInt(),
                         .aligned = mean_from(rows, 2),
                         .viewed = mean_from(rows, 5),
                         .rating = mean_from(rows, 8)});
  }
  return positions;
}

std::vector<MetricValues> RunReader::position_values() const {
  const std::span figures = position_figures();
  connection_->check_rows();
  auto rows = connection_->query("SELECT position, agent, AVG(aligned), AVG(viewed), AVG(rating) FROM " +
                                 std::string(connection_->ranked) +
                                 " WHERE agent NOT IN (SELECT agent FROM sessions WHERE abandoned) "
                                 "GROUP BY position, agent ORDER BY position, agent");
  std::vector<MetricValues> values;
  std::uint32_t position = 0;
  while (rows.executeStep()) {
    if (const std::uint32_t next = rows.getColumn(0).getUInt(); next != position) {
      position = next;
      for (const PositionFigure& figure : figures)
        values.push_back({.name = fmt::format("position_{}_{}", position, figure.name)});
    }
    const auto agent = AgentId(rows.getColumn(1).getUInt());
    for (std::size_t i = 0; i < figures.size(); ++i) {
      const SQLite::Column mean = rows.getColumn(static_cast<int>(2 + i));
      if (!mean.isNull())
        values[values.size() - figures.size() + i].agents.push_back(
            {.agent = agent, .value = mean.getDouble()});
    }
  }
  return values;
}

std::vector<RoundMetric> RunReader::round_metrics() const {
  auto rows = connection_->query("SELECT round, metric, value FROM round_metrics ORDER BY metric, round");
  std::vector<RoundMetric> metrics;
  while (rows.executeStep()) {
    metrics.push_back({.round = connection_->round_from(rows.getColumn(0)),
                       .metric = rows.getColumn(1).getString(),
                       .value = rows.getColumn(2).getDouble()});
  }
  return metrics;
}

}  // namespace throng
