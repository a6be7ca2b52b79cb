#include "scenarios/store/run_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/store/row_source.h"
#include "scenarios/store/run_check.h"

namespace throng {
namespace {

constexpr std::size_t kFavouriteGenres = 5;
constexpr std::size_t kSessionsPerTransaction = 16384;
/// Agents that ask language models are few and slow: they are there to be looked at while the run goes on.
constexpr std::chrono::seconds kTransaction{10};
constexpr std::size_t kAgentsPerInsert = 4096;
/// Whoever looks into the file while it becomes one of write-ahead logs, or at the end one without, holds it for moments.
constexpr std::chrono::milliseconds kLookers{10'000};
constexpr std::chrono::milliseconds kLastLookers{500};

std::string joined_genres(const Catalogue& catalogue, std::span<const GenreId> genres) {
  std::vector<std::string_view> names;
  for (const GenreId genre : genres) names.emplace_back(catalogue.genre_names[index(genre)]);
  return fmt::format("{}", fmt::join(names, "|"));
}

/// The engine counts rounds from 0; everything that people read counts them from 1.
int stored_round(std::uint16_t round) { return round + 1; }

std::int64_t microseconds(VirtualTime time) { return time.time_since_epoch().count(); }

/// Binds all columns of a row and inserts it.
template <class... Values>
void insert(SQLite::Statement& statement, const Values&... values) {
  int column = 0;
  const auto bind = [&](const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    ++column;
    if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
      statement.bind(column, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<Value>) {
      statement.bind(column, static_cast<double>(value));
    } else if constexpr (std::is_same_v<Value, std::optional<float>>) {
      value ? statement.bind(column, static_cast<double>(*value)) : statement.bind(column);
    } else {
      statement.bind(column, value);
    }
  };
  (bind(values), ...);
  statement.exec();
  statement.reset();
}

/// What was done with an item, a column a kind.
struct ActionCell {
  const ActionInfo* info;
  std::uint8_t value;
};
using ActionCells = std::array<ActionCell, kActionKinds>;

void give(const ActionCell& cell, sqlite3_context* result) {
  const ActionInfo::Form form = cell.info->form;
  if (cell.value == 0 && form != ActionInfo::Form::flag) {
    sqlite3_result_null(result);
  } else if (form == ActionInfo::Form::feeling) {
    throng::give(to_string(static_cast<Feeling>(cell.value)), result);
  } else {
    throng::give(cell.value, result);
  }
}

ActionCells cells_of(const ActionValues& values) {
  ActionCells cells{};
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = {.info = &action_kinds()[i], .value = values[i]};
  return cells;
}

/// Makes one file of it, unless somebody has it open for long: then it stays two, as good to read.
void leave_one_file(const std::filesystem::path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, static_cast<int>(kLookers.count()));
  const auto until = std::chrono::steady_clock::now() + kLastLookers;
  while (true) {
    try {
      database.exec("PRAGMA journal_mode = DELETE;");
      return;
    } catch (const SQLite::Exception& error) {  // SQLite itself does not wait here
      if (error.getErrorCode() != SQLITE_BUSY) throw;
      if (std::chrono::steady_clock::now() > until) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// Creates the tables, before any statement that uses them is prepared.
struct Tables {
  explicit Tables(SQLite::Database& database) {
    database.exec(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
        "PRAGMA cache_size = -65536;");
    SQLite::Transaction all_or_none(database);
    database.exec(run_tables());
    all_or_none.commit();
  }
};

}  // namespace

struct RunWriter::Statements {
  explicit Statements(const std::filesystem::path& file)
      : database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
                 static_cast<int>(kLookers.count())),
        tables(database) {}

  SQLite::Statement prepare(const char* table, int columns) {
    const std::vector<std::string_view> marks(static_cast<std::size_t>(columns), "?");
    return {database, fmt::format("INSERT OR REPLACE INTO {} VALUES ({})", table, fmt::join(marks, ", "))};
  }

  SQLite::Database database;
  Tables tables;
  SQLite::Statement meta = prepare("meta", 2);
  SQLite::Statement items = prepare("items", 6);
  SQLite::Statement windows = prepare("windows", 4);
  SQLite::Statement metrics = prepare("metrics (position, metric, mean, standard_error, agents, pages)", 6);
  SQLite::Statement round_metrics = prepare("round_metrics", 3);
  TableRows<AgentId, UserId, std::string, bool, int, int, int, std::string, std::string, std::string> agents{
      database, "agents"};
  TableRows<AgentId, int, std::int64_t, std::int64_t, std::optional<int>, bool, std::string> sessions{
      database, "sessions"};
  TableRows<AgentId, int, int, std::int64_t, std::optional<double>, std::optional<double>,
            std::optional<double>, std::optional<bool>, bool, std::optional<std::string>,
            std::optional<std::string>>
      pages{database, "pages"};
  TableRows<AgentId, int, int, std::size_t, ItemId, bool, ActionCells, std::optional<bool>> impressions{
      database, "impressions"};
  TableRows<AgentId, int, int, int, std::string> words{database, "words"};
  TableRows<AgentId, int, int, int, std::size_t> prompt_places{database, "prompt_places"};
  TableRows<AgentId, int, int, double> reflections{database, "reflections"};
  TableRows<AgentId, int, std::size_t, int, std::optional<int>, const char*, std::string> sayings{database,
                                                                                                  "sayings"};
  TableRows<AgentId, int, std::size_t, int, const char*, std::string, std::string, bool> failures{database,
                                                                                                  "failures"};
  TableRows<AgentId, int, std::string, std::optional<int>, std::optional<std::string>,
            std::optional<std::string>>
      answers{database, "answers"};
  std::optional<SQLite::Transaction> transaction;
  std::size_t sessions_uncommitted = 0;
  std::chrono::steady_clock::time_point begun;

  void begin() {
    if (transaction) return;
    transaction.emplace(database);
    begun = std::chrono::steady_clock::now();
  }
  bool is_due() const {
    return sessions_uncommitted >= kSessionsPerTransaction ||
           std::chrono::steady_clock::now() - begun >= kTransaction;
  }
};

RunWriter::RunWriter(const std::filesystem::path& file) : statements_(std::make_unique<Statements>(file)) {
  statements_->begin();
}

RunWriter::~RunWriter() = default;

void RunWriter::commit() {
  if (statements_->transaction) statements_->transaction->commit();
  statements_->transaction.reset();
  statements_->sessions_uncommitted = 0;
}

void RunWriter::finish() {
  commit();
  const std::filesystem::path file = statements_->database.getFilename();
  statements_.reset();  // a journal mode changes only when no statement is open
  leave_one_file(file);
}

void RunWriter::write_meta(const std::string& key, const std::string& value) {
  statements_->begin();
  insert(statements_->meta, key, value);
}

void RunWriter::write_items(const Dataset& dataset, std::span<const float> mean_ratings) {
  statements_->begin();
  const Catalogue& catalogue = dataset.catalogue;
  const std::vector<std::uint32_t> interactions = dataset.interactions.item_counts();
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    const Item& item = catalogue.items[i];
    insert(statements_->items, i, item.external_id, item.title, joined_genres(catalogue, item.genres),
           is_rated(mean_ratings[i]) ? std::optional(mean_ratings[i]) : std::nullopt, interactions[i]);
  }
}

void RunWriter::write_agents(std::pair<AgentId, AgentId> agents, const Population& population,
                             const Dataset& dataset, const TasteSpace& space, const AgentText& persona_of,
                             const AgentText& mind_of) {
  statements_->begin();
  std::vector<std::optional<std::string>> favourites(
      dataset.users.size());  // a user may be a thousand agents
  for (AgentId agent = agents.first; agent < agents.second; agent = AgentId(index(agent) + 1)) {
    const UserId user_id = population.user_of(agent);
    const User& user = dataset.users[index(user_id)];
    const TraitGroups traits = population.traits_of(agent);
    std::optional<std::string>& genres = favourites[index(user_id)];
    if (!genres) genres = joined_genres(dataset.catalogue, space.favourite_genres(user_id, kFavouriteGenres));
    statements_->agents.add(agent, user_id, user.external_id, population.is_perturbed(agent), traits.activity,
                            traits.conformity, traits.diversity, *genres, persona_of(agent), mind_of(agent));
    if (index(agent) % kAgentsPerInsert == 0) statements_->agents.insert();
  }
  statements_->agents.insert();
}

void RunWriter::write_sessions(std::span<const SessionRecord> sessions) {
  statements_->begin();
  for (const SessionRecord& session : sessions) add_session(session);
  statements_->sessions.insert();
  statements_->pages.insert();
  statements_->impressions.insert();
  statements_->words.insert();
  statements_->prompt_places.insert();
  statements_->reflections.insert();
  statements_->sayings.insert();
  statements_->failures.insert();
  statements_->answers.insert();
  statements_->sessions_uncommitted += sessions.size();
  if (statements_->is_due()) commit();
}

void RunWriter::add_session(const SessionRecord& session) {
  std::optional<int> score;
  if (session.interview) score = session.interview->score;
  statements_->sessions.add(session.agent, stored_round(session.round), microseconds(session.started),
                            microseconds(session.ended), score, session.abandoned(), session.digest.hex());
  for (const PageRecord& page : session.pages) add_page(session, page);
  for (const Answer& answer : session.answers) {
    statements_->answers.add(session.agent, stored_round(session.round), answer.question, answer.score,
                             text_or_null(answer.choice), text_or_null(answer.words));
  }
  add_notes(session);
}

void RunWriter::add_notes(const SessionRecord& session) {
  const std::vector<Saying>& sayings = session.notes.sayings;
  for (std::size_t i = 0; i < sayings.size(); ++i) {
    const Saying& said = sayings[i];
    statements_->sayings.add(session.agent, stored_round(session.round), i + 1, said.page,
                             said.position > 0 ? std::optional<int>(said.position) : std::nullopt,
                             to_string(said.about), said.text);
  }
  const std::vector<UnusableReply>& unusable = session.notes.unusable;
  for (std::size_t i = 0; i < unusable.size(); ++i) {
    statements_->failures.add(session.agent, stored_round(session.round), i + 1, unusable[i].page,
                              to_string(unusable[i].step), unusable[i].problem, unusable[i].reply,
                              unusable[i].gave_up);
  }
}

void RunWriter::add_page(const SessionRecord& session, const PageRecord& page) {
  std::optional<double> satisfaction_so_far;
  std::optional<double> fatigue;
  std::optional<bool> exits;
  const auto unless_empty = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  if (page.decision) {
    satisfaction_so_far = page.decision->satisfaction;
    fatigue = page.decision->fatigue;
    exits = page.decision->exits;
  }
  statements_->pages.add(session.agent, stored_round(session.round), page.page, microseconds(page.shown_at),
                         page.satisfaction, satisfaction_so_far, fatigue, exits, page.degraded(),
                         page.decision ? unless_empty(page.decision->search) : std::nullopt,
                         unless_empty(page.results_of));
  std::span<const Action> actions = page.actions;
  for (std::size_t i = 0; i < page.impressions.size(); ++i) {
    const Impression& shown = page.impressions[i];
    statements_->impressions.add(session.agent, stored_round(session.round), page.page, i + 1, shown.item,
                                 shown.aligned, cells_of(take_values(actions, i + 1)), shown.hidden);
  }
  for (const WordsBeside& beside : page.words) {
    statements_->words.add(session.agent, stored_round(session.round), page.page, beside.position,
                           beside.text);
  }
  for (std::size_t place = 1; place <= page.prompt_order.size(); ++place) {
    statements_->prompt_places.add(session.agent, stored_round(session.round), page.page,
                                   page.prompt_order[place - 1], place);
  }
  if (page.reflection) {
    statements_->reflections.add(session.agent, stored_round(session.round), page.page,
                                 page.reflection->satisfaction);
  }
}

void RunWriter::write_window(const Window& window, const Hash128& digest) {
  statements_->begin();
  insert(statements_->windows, stored_round(window.round), microseconds(window.begin),
         microseconds(window.end), digest.hex());
}

void RunWriter::write_figures(std::uint16_t round, const Exposures& exposures) {
  statements_->begin();
  const auto write = [&](const std::string& metric, std::optional<double> value) {
    if (value) insert(statements_->round_metrics, stored_round(round), metric, *value);
  };
  for (const auto& [of, exposure] : {std::pair{"recommended", &exposures.recommended},
                                     {"viewed", &exposures.viewed},
                                     {"liked", &exposures.liked}}) {
    for (const RoundFigure& figure : round_figures()) {
      write(fmt::format("{}_{}", of, figure.name), figure.value(*exposure));
      if (!figure.of_agents) continue;
      for (std::size_t group = 0; group < kTraitGroups; ++group)
        write(fmt::format("{}_{}_of_{}", of, figure.name, trait_group_name(group)),
              exposure->mean(*figure.of_agents, group));
    }
  }
}

void RunWriter::write_headline(std::uint16_t round, std::span<const Metric> metrics) {
  statements_->begin();
  for (const Metric& metric : metrics) {
    if (metric.agents > 0) insert(statements_->round_metrics, stored_round(round), metric.name, metric.mean);
  }
}

void RunWriter::write_offline(std::uint16_t round, const Accuracy& accuracy) {
  statements_->begin();
  for (const OfflineFigure& figure : offline_figures())
    insert(statements_->round_metrics, stored_round(round), std::string(figure.name),
           accuracy.metrics.*figure.value);
}

void RunWriter::write_positions(std::uint16_t round, const PositionCounts& positions) {
  statements_->begin();
  const auto write = [&](const char* where, std::size_t place, const char* figure, std::uint64_t part,
                         std::uint64_t whole) {
    if (whole == 0) return;
    insert(statements_->round_metrics, stored_round(round), fmt::format("{}_{}_{}", where, place, figure),
           static_cast<double>(part) / static_cast<double>(whole));
  };
  const auto write_all = [&](const char* where, std::span<const PositionCounts::At> places) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      write(where, i + 1, "aligned", places[i].aligned, places[i].shown);
      write(where, i + 1, "viewed", places[i].viewed, places[i].shown);
      write(where, i + 1, "rating", places[i].ratings, places[i].viewed);
    }
  };
  write_all("position", positions.by_position());
  write_all("page", positions.by_page());
}

void RunWriter::write_metrics(std::span<const Metric> metrics) {
  statements_->begin();
  int position = 0;
  for (const Metric& metric : metrics) {
    insert(statements_->metrics, ++position, metric.name, metric.mean, metric.standard_error, metric.agents,
           metric.pages);
  }
}

}  // namespace throng
