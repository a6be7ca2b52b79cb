#include "scenarios/store/run_check.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/action.h"
#include "embedded/run_db_sql.h"
#include "engine/base/error.h"

namespace throng {

/// What a column of a table holds.
struct ColumnRule {
  std::string column;
  std::string sound;  ///< an SQL condition; null counts as false
  std::string expected;
};

struct TableRules {
  std::string table;
  std::vector<const char*> key;  ///< the columns that name a row
  std::vector<ColumnRule> columns;
};

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr std::array<std::string_view, 4> kTablesOfLaterVersions{"words", "prompt_places", "answers",
                                                                 "agent_metrics"};  ///< than 0.1's first
constexpr std::array<std::string_view, 5> kColumnsOfLaterVersions{"search", "results_of", "hidden", "title",
                                                                  "unit"};  ///< and those of optional actions
constexpr int kLastRound = std::numeric_limits<std::uint16_t>::max();

ColumnRule integer(const std::string& column, std::int64_t least, std::int64_t most = kMost) {
  return {column, fmt::format("typeof({0}) = 'integer' AND {0} BETWEEN {1} AND {2}", column, least, most),
          most == kMost ? fmt::format("an integer from {}", least)
                        : fmt::format("an integer from {} to {}", least, most)};
}

ColumnRule time(const std::string& column) {
  return {column, fmt::format("typeof({0}) = 'integer' AND {0} >= 0", column),
          "microseconds, an integer from 0"};
}

ColumnRule flag(const std::string& column) { return integer(column, 0, 1); }

ColumnRule real(const std::string& column) {
  return {column, fmt::format("typeof({}) IN ('real', 'integer')", column), "a number"};
}

/// A share that was computed: from 0 to 1, but for the last bits.
ColumnRule share(const std::string& column) {
  return {column,
          fmt::format("typeof({0}) IN ('real', 'integer') AND {0} BETWEEN -1e-9 AND 1.000000001", column),
          "a number from 0 to 1"};
}

ColumnRule text(const std::string& column) {
  return {column, fmt::format("typeof({}) = 'text'", column), "text"};
}

/// An empty word is allowed, but not worth a mention.
ColumnRule one_of(const std::string& column, const std::vector<std::string>& words) {
  std::vector<std::string> mentioned;
  std::ranges::remove_copy(words, std::back_inserter(mentioned), "");
  return {column, fmt::format("{} IN ('{}')", column, fmt::join(words, "', '")),
          fmt::format("one of {}", fmt::join(mentioned, ", "))};
}

ColumnRule digest(const std::string& column) {
  return {column,
          fmt::format("typeof({0}) = 'text' AND length({0}) = 32 AND {0} NOT GLOB '*[^0-9a-f]*'", column),
          "32 hexadecimal digits"};
}

ColumnRule or_null(ColumnRule rule) {
  rule.sound = fmt::format("{} IS NULL OR ({})", rule.column, rule.sound);
  rule.expected = "null or " + rule.expected;
  return rule;
}

/// A value exactly where `condition` (SQL) holds, else null.
ColumnRule only_where(const std::string& condition, ColumnRule rule) {
  rule.sound = fmt::format("CASE WHEN {} THEN {} ELSE {} IS NULL END", condition, rule.sound, rule.column);
  rule.expected += fmt::format(" where {}, else null", condition);
  return rule;
}

/// What was done with an item; what goes with a view is there exactly where there is one.
ColumnRule done(const ActionInfo& info) {
  const std::string column(info.done);
  if (info.form == ActionInfo::Form::flag) return flag(column);
  std::vector<std::string> feelings;
  for (std::uint8_t value = 0; value <= info.most; ++value)
    feelings.push_back(to_string(static_cast<Feeling>(value)));
  ColumnRule rule =
      info.form == ActionInfo::Form::number ? integer(column, 1, info.most) : one_of(column, feelings);
  return info.goes_with_view ? only_where("viewed = 1", std::move(rule)) : or_null(std::move(rule));
}

/// The number of a row of `table`, which may be empty (--store summary).
ColumnRule number_of(const char* column, const char* table) {
  return {column,
          // Not MAX, for which SQLite reads all of a table that lies in several files.
          fmt::format("typeof({0}) = 'integer' AND {0} BETWEEN 0 AND "
                      "IFNULL((SELECT {0} FROM {1} ORDER BY {0} DESC LIMIT 1), {2})",
                      column, table, kMost),
          fmt::format("the number of a row of table {}", table)};
}

std::vector<TableRules> tables_of_facts(int first_round) {
  const ColumnRule round = integer("round", first_round, kLastRound);
  return {{"windows", {"round"}, {round, time("begin_us"), time("end_us"), digest("digest")}},
          {"metrics",
           {"position"},
           {text("metric"), real("mean"), or_null(real("standard_error")), integer("agents", 0),
            integer("pages", 0), or_null(text("title")), or_null(text("unit"))}},
          {"round_metrics", {"round", "metric"}, {round, text("metric"), real("value")}}};
}

std::vector<TableRules> tables_of_agents(int first_round) {
  const ColumnRule agent = number_of("agent", "agents");
  const ColumnRule round = integer("round", first_round, kLastRound);
  const ColumnRule page = integer("page", 1, kLastRound);
  std::vector<ColumnRule> impression{
      agent, round, page, integer("position", 1), number_of("item", "items"), flag("aligned")};
  for (const ActionInfo& info : action_kinds()) impression.push_back(done(info));
  impression.push_back(or_null(flag("hidden")));
  return {
      {"agents",
       {"agent"},
       {integer("user", 0), text("external_id"), flag("perturbed"), integer("activity", 1, 3),
        integer("conformity", 1, 3), integer("diversity", 1, 3), text("favourite_genres"), text("persona"),
        text("mind")}},
      {"sessions",
       {"agent", "round"},
       {agent, round, time("started_us"), time("ended_us"), or_null(integer("score", 1, 10)),
        flag("abandoned"), digest("digest")}},
      {"pages",
       {"agent", "round", "page"},
       {agent, round, page, time("shown_at_us"), or_null(share("satisfaction")), flag("degraded"),
        or_null(share("satisfaction_so_far")), or_null(share("fatigue")),
        only_where("degraded = 0", flag("exits")), or_null(text("search")), or_null(text("results_of"))}},
      {"impressions", {"agent", "round", "page", "position"}, std::move(impression)},
      {"words",
       {"agent", "round", "page", "position"},
       {agent, round, page, integer("position", 1, kLastRound), text("text")}},
      {"prompt_places",
       {"agent", "round", "page", "position"},
       {agent, round, page, integer("position", 1, kLastRound), integer("place", 1, kLastRound)}},
      {"reflections", {"agent", "round", "page"}, {agent, round, page, share("satisfaction")}},
      {"sayings",
       {"agent", "round", "number"},
       {agent, round, integer("page", 0, kLastRound), or_null(integer("position", 1, kLastRound)),
        one_of("about", {"alignment", "feeling", "decision", "reflection", "interview", "taste", "share"}),
        text("text")}},
      {"failures",
       {"agent", "round", "number"},
       {agent, round, integer("page", 0, kLastRound),
        one_of("step", {"react", "decide", "reflect", "interview", "question"}), text("problem"),
        text("reply"), flag("gave_up")}},
      {"agent_metrics", {"metric", "agent"}, {text("metric"), agent, real("value")}},
      {"answers",
       {"agent", "round", "question"},
       {agent, round, text("question"), or_null(integer("score", 0)), or_null(text("choice")),
        or_null(text("words"))}}};
}

TableRules table_of_items() {
  return {"items",
          {"item"},
          {text("external_id"), text("title"), text("genres"), or_null(real("mean_rating")),
           integer("interactions", 0)}};
}

/// The first row of the table in a file (`schema`) that breaks a rule: which rule, the row's key, and the value of each rule's column.
std::string query_of(const TableRules& rules, const std::string& schema, bool of_one_agent) {
  std::string fault = "CASE";
  std::string values;
  for (std::size_t i = 0; i < rules.columns.size(); ++i) {
    fault += fmt::format(" WHEN IFNULL(({}), 0) = 0 THEN {}", rules.columns[i].sound, i);
    values += fmt::format(", substr(quote({}), 1, 60)", rules.columns[i].column);
  }
  std::string key;
  for (const char* column : rules.key) key += fmt::format(", quote({})", column);
  return fmt::format("SELECT {} END AS fault{}{} FROM {}.{} WHERE fault IS NOT NULL{} LIMIT 1", fault, key,
                     values, schema, rules.table, of_one_agent ? " AND agent = ?" : "");
}

[[noreturn]] void fail_in(const RowsFile& file, const std::string& problem) {
  throw Failure(ErrorKind::data, fmt::format("{} is damaged: {}", file.path, problem));
}

}  // namespace

std::string run_tables() {
  std::string columns;
  std::string rows;
  for (const ActionInfo& info : action_kinds()) {
    const bool is_flag = info.form == ActionInfo::Form::flag;
    columns += fmt::format("{} {}, ", info.done,
                           is_flag                                  ? "INTEGER NOT NULL"
                           : info.form == ActionInfo::Form::feeling ? "TEXT"
                                                                    : "INTEGER");
    rows +=
        fmt::format("SELECT agent, round, page, position, '{}', {} FROM impressions WHERE {}{} UNION ALL ",
                    info.name, is_flag ? "NULL" : info.done, info.done, is_flag ? "" : " IS NOT NULL");
  }
  std::string sql(embedded::run_db_sql);
  for (const auto& [place, text] :
       {std::pair{std::string_view("/* columns of actions */"), columns}, {"/* rows of actions */", rows}})
    sql.replace(sql.find(place), place.size(), text);
  return sql;
}

RunCheck::RunCheck(const SQLite::Database& database, std::string file, int first_round)
    : database_(database), files_{{.schema = "main", .path = std::move(file)}}, first_round_(first_round) {}

void RunCheck::fail(const std::string& problem) const { fail_in(files_.front(), problem); }

TableRules RunCheck::known(TableRules rules) const {
  std::erase_if(rules.columns, [&](const ColumnRule& rule) {
    const auto is_optional = [&](const ActionInfo& info) {
      return info.is_optional && info.done == rule.column;
    };
    if (std::ranges::find(kColumnsOfLaterVersions, rule.column) == kColumnsOfLaterVersions.end() &&
        std::ranges::none_of(action_kinds(), is_optional))
      return false;
    SQLite::Statement has(database_, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    has.bind(1, rules.table);
    has.bind(2, rule.column);
    return !has.executeStep();
  });
  return rules;
}

void RunCheck::check(const TableRules& all, std::optional<AgentId> agent) const {
  const bool is_new = std::ranges::find(kTablesOfLaterVersions, all.table) != kTablesOfLaterVersions.end();
  if (is_new && !database_.tableExists(all.table)) return;
  const TableRules rules = known(all);
  for (const RowsFile& file : files_) check_in(file, rules, agent);
}

void RunCheck::check_in(const RowsFile& file, const TableRules& rules, std::optional<AgentId> agent) const {
  SQLite::Statement fault(database_, query_of(rules, file.schema, agent.has_value()));
  if (agent) fault.bind(1, static_cast<std::int64_t>(index(*agent)));
  if (!fault.executeStep()) return;
  const auto broken = static_cast<std::size_t>(fault.getColumn(0).getInt());
  std::string row;
  for (std::size_t i = 0; i < rules.key.size(); ++i) {
    row += fmt::format(", {} {}", rules.key[i], fault.getColumn(static_cast<int>(1 + i)).getString());
  }
  const int value = static_cast<int>(1 + rules.key.size() + broken);
  fail_in(file,
          fmt::format("table {}{}: {} is {}, expected {}", rules.table, row, rules.columns[broken].column,
                      fault.getColumn(value).getString(), rules.columns[broken].expected));
}

/// Agents and items are numbered from 0 without a gap.
void RunCheck::check_numbers(const char* table, const char* number) const {
  SQLite::Statement rows(database_,
                         fmt::format("SELECT COUNT(*), MIN({0}), MAX({0}) FROM {1}", number, table));
  rows.executeStep();
  const std::int64_t count = rows.getColumn(0).getInt64();
  const std::int64_t first = rows.getColumn(1).getInt64();
  const std::int64_t last = rows.getColumn(2).getInt64();
  if (count == 0 || (first == 0 && last == count - 1)) return;
  fail(fmt::format("table {} has {} rows numbered from {} to {}, expected 0 to {}", table, count, first, last,
                   count - 1));
}

void RunCheck::facts() const {
  const auto fact = [&](const char* key) {
    SQLite::Statement row(database_, "SELECT value FROM meta WHERE key = ?");
    row.bind(1, key);
    if (!row.executeStep()) fail(fmt::format("table meta has no row {}", key));
    return row.getColumn(0).getString();
  };
  const std::string status = fact("status");
  if (status != "running" && status != "stopped" && status != "finished") {
    fail(fmt::format("table meta, status: it is '{}', expected running, stopped or finished", status));
  }
  for (const char* key : {"version", "seed", "dataset"}) fact(key);
  if (status == "finished") fact("digest");
  for (const TableRules& rules : tables_of_facts(first_round_)) check(rules, std::nullopt);
}

void RunCheck::rows() {
  if (checked_) return;
  check(table_of_items(), std::nullopt);
  check_numbers("items", "item");
  check_numbers("agents", "agent");
  for (const TableRules& rules : tables_of_agents(first_round_)) check(rules, std::nullopt);
  checked_ = true;
}

void RunCheck::rows_of(AgentId agent) const {
  if (checked_) return;
  for (const TableRules& rules : tables_of_agents(first_round_)) check(rules, agent);
}

}  // namespace throng
