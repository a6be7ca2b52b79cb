#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/store/run_check.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_shards.h"

namespace throng {

// What the parts of RunReader share.

inline std::int64_t number(AgentId agent) { return static_cast<std::int64_t>(agent); }

/// Of a mean of `values` values; 0 for one.
inline double standard_error(std::size_t values, double mean, double mean_of_squares) {
  if (values < 2) return 0;
  return std::sqrt(std::max(0.0, mean_of_squares - mean * mean) / static_cast<double>(values - 1));
}

/// Of the columns count, mean and mean of squares.
inline AgentMean mean_from(SQLite::Statement& row, int first_column) {
  AgentMean mean{.agents = row.getColumn(first_column).getUInt(),
                 .mean = row.getColumn(first_column + 1).getDouble()};
  mean.standard_error = standard_error(mean.agents, mean.mean, row.getColumn(first_column + 2).getDouble());
  return mean;
}

/// The rows of a query, each as `row` makes it.
template <class Row>
RowStream<Row> stream(SQLite::Statement query, Row (*row)(SQLite::Statement&)) {
  return [rows = std::make_shared<SQLite::Statement>(std::move(query)), row]() -> std::optional<Row> {
    if (rows->isDone() || !rows->executeStep()) return std::nullopt;
    return row(*rows);
  };
}

/// An open run.db; the shards beside it are opened when rows of agents are read.
struct RunReader::Connection {
  /// Whoever writes the file holds it for moments, when the run begins and when it ends.
  static constexpr int kWriterMs = 10'000;

  explicit Connection(const std::string& file) : database(file, SQLite::OPEN_READONLY, kWriterMs) {}

  template <class... Values>
  SQLite::Statement query(const std::string& sql, const Values&... values) const {
    SQLite::Statement statement(database, sql);
    int column = 0;
    (statement.bind(++column, values), ...);
    return statement;
  }

  /// To be called before rows of agents are read: all of them, or those of one.
  void check_rows() {
    open_shards();
    check.rows();
  }
  void check_rows_of(AgentId agent) {
    open_shards();
    check.rows_of(agent);
  }

  /// A query that joins rows of the same agents, file by file, for what SQLite would make a list of all of them first:
  /// `part` writes it with the word that goes before the name of a table or view.
  template <class Part>
  std::string file_by_file(const Part& part) const {
    if (files.size() == 1) return part("");
    std::vector<std::string> parts;
    for (const RowsFile& file : files) parts.push_back(part(file.schema + "."));
    return fmt::format("{}", fmt::join(parts, " UNION ALL "));
  }

  /// The engine counts rounds from 0, run.db from 1 (from 0 in files of version 0).
  int stored(std::uint16_t round) const { return round + first_round; }
  std::uint16_t round_from(const SQLite::Column& column) const {
    return static_cast<std::uint16_t>(column.getInt() - first_round);
  }

  [[noreturn]] void fail_at(const char* table, const SessionRecord& session, std::uint32_t page,
                            const char* problem) const {
    check.fail(fmt::format("table {}, agent {}, round {}, page {}: {}", table, index(session.agent),
                           stored(session.round), page, problem));
  }

  PageRecord& page_of(SessionRecord& session, const SQLite::Column& number, const char* table) const {
    const std::uint32_t page = number.getUInt();
    if (page > session.pages.size()) fail_at(table, session, page, "table pages has no such page");
    return session.pages[page - 1];
  }

  void open_shards() {
    if (!files.empty()) return;
    files = attach_shards(database);
    check.cover(files);
  }

  SQLite::Database database;
  std::vector<RowsFile> files;  ///< empty until rows of agents are read
  mutable std::map<std::pair<std::string, std::string>, bool> columns;  ///< whether there is such a one
  /// `column`, or what stands for it in files of versions that did not have it.
  std::string column_or(const char* table, std::string_view column, const char* other) const {
    const auto [known, is_new] = columns.try_emplace({table, std::string(column)}, false);
    if (is_new)
      known->second = query("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", table, std::string(column))
                          .executeStep();
    return known->second ? std::string(column) : other;
  }

  int first_round = database.execAndGet("PRAGMA user_version").getInt() == 0 ? 0 : 1;
  RunCheck check{database, database.getFilename(), first_round};
  /// What the recommender is judged by; before there were searches all that counts.
  const char* ranked =
      column_or("pages", "results_of", "").empty() ? "counted_impressions" : "ranked_impressions";
};

}  // namespace throng
