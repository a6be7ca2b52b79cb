#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

namespace throng {

// The files that a run's rows lie in. A run over several ranks leaves run.db, which is rank 0's and holds what is of the whole run, and a
// shard of each further rank, run.1.db, run.2.db, ...: the rows of the agents whom that rank has played, who come behind those of the
// ranks before it. `ranks` in the table meta of run.db says how many files there are; without it run.db is whole. `agents` there, if it is
// there, says how many agents they have together.

/// The file that a rank writes. That of rank 0, and of a run of one process, is run.db.
std::filesystem::path shard_of(const std::filesystem::path& run_folder, std::size_t rank);

/// All shards that lie beside run.db, by rank, whether or not they are of the run in it.
std::vector<std::filesystem::path> shards_in(const std::filesystem::path& run_folder);

/// Removes a database and what SQLite keeps beside it, as far as they are there. Throws
/// std::filesystem::filesystem_error.
void remove_database(const std::filesystem::path& file);

/// How many files a run was written into. Throws Failure(data) if `meta` says nothing that can be.
std::size_t ranks_of(const SQLite::Database& run_db);

/// What of a run that was killed before the agents of all ranks were written: there are some behind others that are missing.
enum class Gap { ends_it, fails };

/// The files that hold rows of the run, run.db first, in the order of their agents; of a run that has not finished those that are there, up
/// to a gap. Throws Failure(data) if a file of a finished run is missing, or one is damaged or lacks agents, Failure(usage) at a gap that fails.
std::vector<std::filesystem::path> files_of(const SQLite::Database& run_db, Gap gap);

/// The tables of a run's database that hold rows of agents. Throws Failure(data) if one has a name that no run gives.
std::vector<std::string> tables_of_rows(const SQLite::Database& run_db);

/// A file of a run's rows in a connection.
struct RowsFile {
  std::string schema;  ///< its name in SQL
  std::string path;
};

/// Shows a run in a connection to its run.db as if all rows lay there: attaches the shards, and covers each table of agents' rows, and each
/// view, with a temporary view of the same name over all files. Does nothing to a run.db that is whole. Returns `files_of`, a gap ends it.
/// Throws Failure(data) likewise, Failure(usage) if they are more than SQLite can have open at
/// once (SQLITE_MAX_ATTACHED: 10 beside run.db in Debian).
std::vector<RowsFile> attach_shards(SQLite::Database& run_db);

}  // namespace throng
