#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "agents/population.h"
#include "scenarios/store/run_shards.h"

namespace throng {

struct TableRules;

/// The SQL that makes the tables and views of run.db (run_db.sql).
std::string run_tables();

/// Whether run.db holds only what a run can have written: values of the right type and range, numbers of agents and
/// items that exist. A file that was damaged or edited must not be summed up as if it were sound.
class RunCheck {
 public:
  /// Both must outlive the check; `file` names the database in errors. Rounds in it count from `first_round`.
  RunCheck(const SQLite::Database& database, std::string file, int first_round);

  /// Rows of agents lie in these files, `file` the first of them.
  void cover(std::vector<RowsFile> files) { files_ = std::move(files); }

  /// What every reader relies on: the facts in `meta`, and the tables of a row per round or metric.
  void facts() const;
  /// Everything else, once.
  void rows();
  /// The rows of one agent.
  void rows_of(AgentId agent) const;

  /// Throws Failure(data) naming the file and what is wrong with it.
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  void check(const TableRules& rules, std::optional<AgentId> agent) const;
  void check_in(const RowsFile& file, const TableRules& rules, std::optional<AgentId> agent) const;
  /// Without columns that a file of an earlier version does not have.
  TableRules known(TableRules rules) const;
  void check_numbers(const char* table, const char* number) const;

  const SQLite::Database& database_;
  std::vector<RowsFile> files_;
  int first_round_;
  bool checked_ = false;
};

}  // namespace throng
