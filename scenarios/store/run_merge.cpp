#include "scenarios/store/run_merge.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_shards.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// Whoever looks into a file holds it for moments.
constexpr int kMergePatienceMs = 10'000;

/// Makes a file, or what a folder holds, survive a power cut.
void sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!is_synced) throw cannot_write(path, {error, std::generic_category()});
}

void add_rows(SQLite::Database& merged, const fs::path& shard, const std::vector<std::string>& tables) {
  SQLite::Statement attach(merged, "ATTACH ? AS shard");
  attach.bind(1, shard.string());
  attach.exec();
  SQLite::Transaction all_or_none(merged);
  for (const std::string& table : tables)
    merged.exec(fmt::format(R"(INSERT INTO main."{0}" SELECT * FROM shard."{0}")", table));
  all_or_none.commit();
  merged.exec("DETACH shard");
}

void write_merged(const fs::path& run_db, const fs::path& file) {
  std::vector<fs::path> files;
  std::vector<std::string> tables;
  {
    const SQLite::Database run(run_db.string(), SQLite::OPEN_READONLY, kMergePatienceMs);
    files = files_of(run, Gap::fails);
    tables = tables_of_rows(run);
    SQLite::Statement copy(run, "VACUUM INTO ?");
    copy.bind(1, file.string());
    copy.exec();
  }
  SQLite::Database merged(file.string(), SQLite::OPEN_READWRITE, kMergePatienceMs);
  // Half of it is of no use to anybody.
  merged.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536");
  for (std::size_t i = 1; i < files.size(); ++i) add_rows(merged, files[i], tables);
  merged.exec("DELETE FROM meta WHERE key IN ('ranks', 'agents')");
}

/// SQLite would take a log that is left beside the old file for one of the new.
void leave_no_log(const fs::path& run_db) try {
  SQLite::Database(run_db.string(), SQLite::OPEN_READWRITE, kMergePatienceMs)
      .exec("PRAGMA journal_mode = DELETE");
} catch (const SQLite::Exception& error) {
  if (error.getErrorCode() != SQLITE_BUSY) throw;
  throw Failure(ErrorKind::usage, fmt::format("{} is being read by another process", run_db.string()));
}

}  // namespace

MergedCopy::MergedCopy(const fs::path& run_db) : run_db_(run_db), file_(run_db.string() + ".partial") {
  remove_database(file_);
  try {
    write_merged(run_db_, file_);
  } catch (const SQLite::Exception& error) {
    remove_database(file_);
    switch (error.getErrorCode()) {
      case SQLITE_FULL:
        throw cannot_write(file_, {ENOSPC, std::generic_category()});
      case SQLITE_IOERR:
        throw cannot_write(file_, {EIO, std::generic_category()});
      default:
        throw Failure(ErrorKind::data,
                      fmt::format("{}: its shards cannot be merged: {}", run_db.string(), error.what()));
    }
  }
}

MergedCopy::~MergedCopy() {
  std::error_code ignored;
  fs::remove(file_, ignored);
}

void MergedCopy::take_its_place() {
  sync(file_);
  leave_no_log(run_db_);
  fs::rename(file_, run_db_);
  sync(run_db_.has_parent_path() ? run_db_.parent_path() : fs::path("."));
}

std::size_t merge_shards(const fs::path& run_folder) {
  const fs::path run_db = shard_of(run_folder, 0);
  const auto ranks = [&] {
    const RunReader facts(run_folder);  // that it is a run
    return ranks_of(SQLite::Database(run_db.string(), SQLite::OPEN_READONLY, kMergePatienceMs));
  };
  ranks();  // in a folder that holds no run nothing is locked either
  const FolderLock nobody_runs_it(run_folder);
  remove_database(run_db.string() + ".partial");  // of a process that was killed
  if (ranks() > 1) MergedCopy(run_db).take_its_place();
  // Those of a run.db that is whole are what a process left that was killed here.
  const std::vector<fs::path> shards = shards_in(run_folder);
  for (const fs::path& shard : shards) remove_database(shard);
  return shards.size();
}

}  // namespace throng
