#include "scenarios/store/sql_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "agents/metrics.h"
#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/store/run_check.h"
#include "scenarios/store/run_merge.h"
#include "scenarios/store/run_shards.h"

namespace throng {
namespace {

/// How often SQLite tells how far it is, in steps of its virtual machine: each may add a row of the longest texts to what it holds.
constexpr int kStepsAtATime = 1'000;
/// Whoever looks into the file holds it for moments.
constexpr int kPatienceMs = 10'000;

/// What may be called: functions of their arguments alone (https://www.sqlite.org/lang_corefunc.html and its neighbours), without
/// those that know the time, random numbers, the connection or files.
constexpr auto kFunctions = std::to_array<std::string_view>(
    {"->",           "->>",        "abs",        "avg",       "ceil",         "ceiling",
     "char",         "coalesce",   "count",      "cume_dist", "dense_rank",   "exp",
     "first_value",  "floor",      "format",     "glob",      "group_concat", "hex",
     "ifnull",       "iif",        "instr",      "json",      "json_array",   "json_array_length",
     "json_extract", "json_type",  "json_valid", "lag",       "last_value",   "lead",
     "length",       "like",       "likelihood", "likely",    "ln",           "log",
     "log10",        "log2",       "lower",      "ltrim",     "max",          "min",
     "mod",          "nth_value",  "ntile",      "nullif",    "percent_rank", "pi",
     "pow",          "power",      "printf",     "quote",     "rank",         "replace",
     "round",        "row_number", "rtrim",      "sign",      "sqrt",         "substr",
     "substring",    "sum",        "total",      "trim",      "trunc",        "typeof",
     "unicode",      "unlikely",   "upper"});

/// Tables that are no rows of what happened: facts of which some know the clock, and what metrics have come to before.
constexpr std::array<std::string_view, 3> kNoRows{"meta", "metrics", "agent_metrics"};

/// Untrusted words of SQLite, which may hold what a query made: text that can be shown and stored, of some length.
std::string words_of(sqlite3* handle) {
  constexpr std::size_t longest = 300;
  const std::string_view words = sqlite3_errmsg(handle);
  return printable(words.substr(0, longest)) + (words.size() > longest ? "..." : "");
}

Error fault(std::string message) { return {ErrorKind::usage, std::move(message)}; }

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Query = std::unique_ptr<sqlite3_stmt, Finalize>;

/// Where a query has what.
struct Columns {
  std::optional<int> agent;  ///< none: one number
  int value = 0;
};

Result<Columns> columns_of(sqlite3_stmt* query) {
  std::vector<std::string> names;
  for (int column = 0; column < sqlite3_column_count(query); ++column)
    names.push_back(lower_case(sqlite3_column_name(query, column)));
  if (names.size() == 1) return Columns{};
  if (names == std::vector<std::string>{"agent", "value"}) return Columns{.agent = 0, .value = 1};
  if (names == std::vector<std::string>{"value", "agent"}) return Columns{.agent = 1, .value = 0};
  constexpr std::size_t most_named = 5;
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i)
    all += (all.empty() ? "" : ", ") + excerpt(names[i]);
  if (names.size() > most_named) all += fmt::format(", ... ({} of them)", names.size());
  return fault(fmt::format(
      "its columns are {}: expected one, the number, or two that are called agent and value", all));
}

/// A database that is asked what a stranger wrote: it may be read and nothing else.
class ReadOnlyQueries {
 public:
  ReadOnlyQueries(SQLite::Database database, std::int64_t most_steps, std::int64_t most_bytes)
      : database_(std::move(database)), most_steps_(most_steps), most_bytes_(most_bytes) {
    SQLite::Statement names(database_,
                            "SELECT lower(name) FROM sqlite_schema WHERE type IN ('table', 'view')");
    while (names.executeStep()) tables_.insert(names.getColumn(0).getString());
    for (const std::string_view table : kNoRows) tables_.erase(std::string(table));
    database_.exec("PRAGMA temp_store = MEMORY");  // nothing is written outside the run's folder
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a column, never a text
    // SQLite declares these when they are first read, which nobody may do later.
    database_.exec("SELECT 1 FROM json_each('[]'), json_tree('[]')");
    for (const auto& [limit, most] : {std::pair{SQLITE_LIMIT_LENGTH, kLongestSqlText},
                                      {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000},
                                      {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                      {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                                      {SQLITE_LIMIT_VDBE_OP, 25'000},
                                      {SQLITE_LIMIT_ATTACHED, 0},
                                      {SQLITE_LIMIT_WORKER_THREADS, 0}})
      sqlite3_limit(handle(), limit, most);
    sqlite3_set_authorizer(handle(), &ReadOnlyQueries::authorize, this);
    sqlite3_progress_handler(handle(), kStepsAtATime, &ReadOnlyQueries::goes_too_far, this);
  }
  ReadOnlyQueries(const ReadOnlyQueries&) = delete;
  ReadOnlyQueries& operator=(const ReadOnlyQueries&) = delete;

  Result<Query> prepare(const std::string& sql) {
    const char* rest = nullptr;
    Result<Query> query = prepare_one(sql.c_str(), &rest);
    if (!query) return query;
    if (*query == nullptr) return fault("it is empty: expected a SELECT");
    const Result<Query> next = prepare_one(rest, &rest);
    if (!next || *next != nullptr) return fault("it goes on after its first statement: expected one SELECT");
    if (sqlite3_stmt_readonly(query->get()) == 0 || sqlite3_stmt_isexplain(query->get()) != 0)
      return fault("it is another statement: expected a SELECT");
    if (sqlite3_bind_parameter_count(query->get()) > 0)
      return fault("it has a parameter, which nothing stands for");
    return query;
  }

  /// Whether there is another row.
  Result<bool> step(sqlite3_stmt* query) {
    const int code = sqlite3_step(query);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    if (code == SQLITE_INTERRUPT && holds_too_much_)
      return fault(fmt::format("SQLite holds more than {} MiB for it", most_bytes_ >> 20U));
    if (code == SQLITE_INTERRUPT)
      return fault(fmt::format("it takes more than {} steps of SQLite", most_steps_));
    return fault(words_of(handle()));
  }

  /// The steps of what is asked next count from 0, and so do the bytes.
  void begin() {
    steps_ = 0;
    bytes_before_ = sqlite3_memory_used();
    holds_too_much_ = false;
  }

 private:
  sqlite3* handle() { return database_.getHandle(); }

  Result<Query> prepare_one(const char* sql, const char** rest) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle(), sql, -1, &statement, rest);
    Query query(statement);
    if (code != SQLITE_OK && std::string_view(sqlite3_errmsg(handle())) == "not authorized")
      return fault("not authorized: expected a SELECT that reads tables of a run's rows");
    if (code != SQLITE_OK) return fault(words_of(handle()));
    return query;
  }

  static int goes_too_far(void* self) {
    auto* queries = static_cast<ReadOnlyQueries*>(self);
    queries->steps_ += kStepsAtATime;
    queries->holds_too_much_ = sqlite3_memory_used() - queries->bytes_before_ > queries->most_bytes_;
    return queries->holds_too_much_ || queries->steps_ > queries->most_steps_ ? 1 : 0;
  }

  bool is_readable(const std::string& table, bool column_is_read) const {
    if (tables_.contains(table) || table == "json_each" || table == "json_tree") return true;
    // Of what no column is read SQLite tells the name as it stands in the query, of its WITH tables, too.
    return !column_is_read && !table.starts_with("sqlite_") && !table.starts_with("pragma_") &&
           std::ranges::find(kNoRows, table) == kNoRows.end();
  }

  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* /*database*/, const char* /*view*/) {
    const auto text = [](const char* given) { return std::string(given == nullptr ? "" : given); };
    const auto* queries = static_cast<const ReadOnlyQueries*>(self);
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_RECURSIVE:
        return SQLITE_OK;
      case SQLITE_READ:
        return queries->is_readable(lower_case(text(first)), !text(second).empty()) ? SQLITE_OK : SQLITE_DENY;
      case SQLITE_FUNCTION:
        return std::ranges::find(kFunctions, lower_case(text(second))) != kFunctions.end() ? SQLITE_OK
                                                                                           : SQLITE_DENY;
      default:
        return SQLITE_DENY;
    }
  }

  SQLite::Database database_;
  std::set<std::string> tables_;  ///< and views
  std::int64_t most_steps_;
  std::int64_t most_bytes_;
  std::int64_t steps_ = 0;
  std::int64_t bytes_before_ = 0;
  bool holds_too_much_ = false;
};

SQLite::Database run_without_rows() {
  SQLite::Database empty(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  empty.exec(run_tables());
  return empty;
}

/// Whom a metric can rest on.
struct Visits {
  std::map<std::int64_t, std::size_t> pages;  ///< by agent that was not abandoned, the pages that count
  std::set<std::int64_t> abandoned;
};

Visits visits_in(const SQLite::Database& database) {
  Visits visits;
  SQLite::Statement agents(
      database,
      "SELECT agent, (SELECT COUNT(*) FROM pages p WHERE p.agent = s.agent AND NOT degraded), "
      "MAX(abandoned) FROM sessions s GROUP BY agent");
  while (agents.executeStep()) {
    const std::int64_t agent = agents.getColumn(0).getInt64();
    if (agents.getColumn(2).getInt() != 0) {
      visits.abandoned.insert(agent);
    } else {
      visits.pages[agent] = agents.getColumn(1).getUInt();
    }
  }
  return visits;
}

/// A metric and what it is the mean of.
struct Figure {
  Metric metric;
  std::vector<AgentValue> agents;  ///< ascending; empty of one number
  std::string fault{};
};

std::string text_at(sqlite3_stmt* row, int column) {
  if (sqlite3_column_type(row, column) == SQLITE_NULL) return "null";
  const auto* text = static_cast<const char*>(sqlite3_column_blob(row, column));
  return excerpt({text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))});
}

/// None of null.
Result<std::optional<double>> number_at(sqlite3_stmt* row, int column) {
  const int type = sqlite3_column_type(row, column);
  if (type == SQLITE_NULL) return std::optional<double>();
  const double number = sqlite3_column_double(row, column);
  if ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) && std::isfinite(number)) return std::optional(number);
  return fault(fmt::format("it gives {}: expected a finite number", text_at(row, column)));
}

Result<void> take_number(ReadOnlyQueries& queries, sqlite3_stmt* query, const Visits& visits,
                         Metric& metric) {
  metric.is_mean = false;
  const Result<bool> row = queries.step(query);
  if (!row) return row.error();
  if (!*row) return {};
  const Result<std::optional<double>> number = number_at(query, 0);
  if (!number) return number.error();
  const Result<bool> another = queries.step(query);
  if (!another) return another.error();
  if (*another) return fault("it gives more than one row: expected one number, or columns agent and value");
  if (!*number) return {};
  metric.mean = **number;
  metric.agents = visits.pages.size();
  for (const auto& [agent, pages] : visits.pages) metric.pages += pages;
  return {};
}

Result<void> take_rows(ReadOnlyQueries& queries, sqlite3_stmt* query, const Columns& columns,
                       const Visits& visits, Figure& figure) {
  std::map<std::int64_t, double> values;
  std::set<std::int64_t> seen;
  while (true) {
    const Result<bool> row = queries.step(query);
    if (!row) return row.error();
    if (!*row) break;
    const std::int64_t agent = sqlite3_column_int64(query, *columns.agent);
    const bool is_agent = sqlite3_column_type(query, *columns.agent) == SQLITE_INTEGER &&
                          (visits.pages.contains(agent) || visits.abandoned.contains(agent));
    if (!is_agent)
      return fault(fmt::format("it gives the agent {}: expected the number of one that has come",
                               text_at(query, *columns.agent)));
    if (!seen.insert(agent).second)
      return fault(fmt::format("it gives more than one row of agent {}: expected one", agent));
    const Result<std::optional<double>> value = number_at(query, columns.value);
    if (!value) return fault(fmt::format("of agent {} {}", agent, value.error().message));
    if (*value && !visits.abandoned.contains(agent)) values[agent] = **value;
  }
  std::vector<double> plain;
  for (const auto& [agent, value] : values) {
    figure.agents.push_back({.agent = AgentId(static_cast<std::uint32_t>(agent)), .value = value});
    figure.metric.pages += visits.pages.at(agent);
    plain.push_back(value);
  }
  figure.metric.agents = plain.size();
  figure.metric.mean = mean_of(plain);
  figure.metric.standard_error = standard_error_of(plain);
  return {};
}

Result<void> take(ReadOnlyQueries& queries, const SqlMetric& metric, const Visits& visits, Figure& figure) {
  queries.begin();
  const Result<Query> query = queries.prepare(metric.sql);
  if (!query) return query.error();
  const Result<Columns> columns = columns_of(query->get());
  if (!columns) return columns.error();
  return columns->agent ? take_rows(queries, query->get(), *columns, visits, figure)
                        : take_number(queries, query->get(), visits, figure.metric);
}

std::vector<Figure> figures_of(const std::string& file, std::span<const SqlMetric> metrics,
                               std::int64_t most_steps, std::int64_t most_bytes) {
  static std::mutex one_at_a_time;  // or a run's metrics would be broken off for what another's hold
  const std::lock_guard lock(one_at_a_time);
  SQLite::Database database(file, SQLite::OPEN_READONLY, kPatienceMs);
  const Visits visits = visits_in(database);
  ReadOnlyQueries queries(std::move(database), most_steps, most_bytes);
  std::vector<Figure> figures;
  for (const SqlMetric& metric : metrics) {
    const Metric nothing{.name = metric.name, .title = metric.title, .unit = metric.unit};
    Figure figure{.metric = nothing};
    if (const Result<void> taken = take(queries, metric, visits, figure); !taken)
      figure = {.metric = nothing, .fault = taken.error().message};
    figures.push_back(std::move(figure));
  }
  return figures;
}

void check_version(const SQLite::Database& database) {
  SQLite::Statement known(database, "SELECT 1 FROM pragma_table_info('metrics') WHERE name = 'title'");
  if (known.executeStep()) return;
  throw Failure(
      ErrorKind::usage,
      fmt::format(
          "/metrics: {} was written by a version of Throng that knew no metrics of a scenario's own: run "
          "it anew (--replay takes its replies)",
          database.getFilename()));
}

/// The names of those that the run had.
std::vector<std::string> earlier_in(const SQLite::Database& database) {
  std::vector<std::string> names;
  SQLite::Statement earlier(database, "SELECT metric FROM metrics WHERE title IS NOT NULL");
  while (earlier.executeStep()) names.push_back(earlier.getColumn(0).getString());
  return names;
}

void write(SQLite::Database& database, std::span<const Figure> figures, const Json& faults) {
  SQLite::Transaction all_or_none(database);
  database.exec(
      "DELETE FROM metrics WHERE title IS NOT NULL; DELETE FROM agent_metrics; "
      "DELETE FROM meta WHERE key = 'metric_faults'");
  SQLite::Statement metrics(
      database,
      "INSERT INTO metrics VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM metrics), ?, ?, ?, "
      "?, ?, ?, ?)");
  SQLite::Statement values(database, "INSERT INTO agent_metrics VALUES (?, ?, ?)");
  for (const auto& [metric, agents, problem] : figures) {
    metrics.bind(1, metric.name);
    metrics.bind(2, metric.mean);
    metric.is_mean ? metrics.bind(3, metric.standard_error) : metrics.bind(3);
    metrics.bind(4, static_cast<std::int64_t>(metric.agents));
    metrics.bind(5, static_cast<std::int64_t>(metric.pages));
    metrics.bind(6, metric.title);
    metrics.bind(7, metric.unit);
    metrics.exec();
    metrics.reset();
    for (const AgentValue& agent : agents) {
      values.bind(1, metric.name);
      values.bind(2, static_cast<std::int64_t>(agent.agent));
      values.bind(3, agent.value);
      values.exec();
      values.reset();
    }
  }
  if (!faults.empty()) {
    SQLite::Statement meta(database, "INSERT INTO meta VALUES ('metric_faults', ?)");
    meta.bind(1, faults.dump());
    meta.exec();
  }
  all_or_none.commit();
}

void add_to(Json& summary, const Metric& metric) {
  const bool has_interval = metric.is_mean && metric.agents > 1;
  summary["metrics"][metric.name] = metric.mean;
  summary["standard_errors"][metric.name] = metric.is_mean ? Json(metric.standard_error) : Json();
  summary["half_widths_95"][metric.name] =
      has_interval ? Json(*half_width_95(metric.standard_error, metric.agents)) : Json();
  summary["metric_agents"][metric.name] = metric.agents;
  summary["metric_pages"][metric.name] = metric.pages;
}

}  // namespace

std::string sql_fault(const std::string& sql) {
  // To make the tables takes longer than to prepare a query, and a study may have a thousand arms.
  static std::mutex one_at_a_time;
  static ReadOnlyQueries queries(run_without_rows(), kMostSqlSteps, kMostSqlBytes);
  const std::lock_guard lock(one_at_a_time);
  queries.begin();
  const auto query = queries.prepare(sql);
  if (!query) return query.error().message;
  const Result<Columns> columns = columns_of(query->get());
  return columns ? "" : columns.error().message;
}

void check_knows_metrics(const std::filesystem::path& run_db) try {
  check_version(SQLite::Database(run_db.string(), SQLite::OPEN_READONLY, kPatienceMs));
} catch (const SQLite::Exception& exception) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", run_db.string(), exception.what()));
}

void sum_up_metrics(const std::filesystem::path& run_db, std::span<const SqlMetric> metrics, Json& summary,
                    std::int64_t most_steps, std::int64_t most_bytes) {
  SQLite::Database database(run_db.string(), SQLite::OPEN_READWRITE, kPatienceMs);
  check_version(database);
  // Over several files at once SQLite would take other steps, and add numbers up in another order.
  std::optional<MergedCopy> merged;
  if (ranks_of(database) > 1) merged.emplace(run_db);
  const std::vector<Figure> figures =
      figures_of(merged ? merged->file().string() : run_db.string(), metrics, most_steps, most_bytes);
  merged.reset();
  for (const std::string& name : earlier_in(database)) {
    for (const char* of : {"metrics", "standard_errors", "half_widths_95", "metric_agents", "metric_pages"})
      summary[of].erase(name);
  }
  Json faults = Json::object();
  for (const Figure& figure : figures) {
    add_to(summary, figure.metric);
    if (!figure.fault.empty()) faults[figure.metric.name] = figure.fault;
  }
  write(database, figures, faults);
  summary.erase("metric_faults");
  if (!faults.empty()) summary["metric_faults"] = std::move(faults);
}

}  // namespace throng
