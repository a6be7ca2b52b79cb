#include "scenarios/store/run_shards.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// Whoever writes a shard holds it for moments.
constexpr int kShardWriterMs = 10'000;
/// More than any machine has; of each a file is looked for.
constexpr std::size_t kMostRanks = std::size_t{1} << 20;
/// Tables of the whole run, which have rows in run.db alone.
constexpr std::array<std::string_view, 6> kOfTheWholeRun{"meta",    "items",         "windows",
                                                         "metrics", "agent_metrics", "round_metrics"};

/// Of a shard's name; none of another's.
std::optional<std::size_t> rank_in(std::string_view name) {
  constexpr std::string_view before = "run.";
  if (!name.starts_with(before)) return std::nullopt;
  std::size_t rank = 0;
  std::from_chars(name.data() + before.size(), name.data() + name.size(), rank);
  return rank > 0 && name == shard_of({}, rank).string() ? std::optional(rank) : std::nullopt;
}

fs::path folder_of(const SQLite::Database& run_db) { return fs::path(run_db.getFilename()).parent_path(); }

std::string meta_of(const SQLite::Database& run_db, const char* key) {
  SQLite::Statement row(run_db, "SELECT value FROM main.meta WHERE key = ?");
  row.bind(1, key);
  return row.executeStep() ? row.getColumn(0).getString() : "";
}

Failure damaged(const std::string& file, const std::string& problem) {
  return {ErrorKind::data, fmt::format("{} is damaged: {}", file, problem)};
}

/// A number in meta, none if it is not there.
std::optional<std::size_t> number_in_meta(const SQLite::Database& run_db, const char* key, std::size_t least,
                                          std::size_t most) {
  const std::string text = meta_of(run_db, key);
  if (text.empty()) return std::nullopt;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least && number <= most)
    return number;
  throw damaged(run_db.getFilename(), fmt::format("table meta, {}: it is {}, expected a number from {} to {}",
                                                  key, excerpt(text), least, most));
}

Failure no_rows(const std::string& file, const SQLite::Exception& error) {
  return {ErrorKind::data, fmt::format("{}: cannot be read as rows of a run: {}", file, error.what())};
}

struct AgentsInFile {
  std::int64_t first = 0;
  std::int64_t end = 0;  ///< one behind the last
};

/// None: it has no agents, which of a run that has not finished may be because its rank has just made it. Whether agents between the ends
/// are missing is looked at if the file `is_read_through`.
std::optional<AgentsInFile> agents_in(const fs::path& file, bool has_finished, bool is_read_through) try {
  if (!has_finished && !fs::exists(file)) return std::nullopt;
  SQLite::Database database(file.string(), SQLite::OPEN_READONLY, kShardWriterMs);
  if (!database.tableExists("agents")) {
    if (!has_finished) return std::nullopt;
    throw damaged(file.string(), "it has no table agents");
  }
  SQLite::Statement ends(database, "SELECT (SELECT MIN(agent) FROM agents), (SELECT MAX(agent) FROM agents)");
  ends.executeStep();
  if (ends.getColumn(0).isNull()) return std::nullopt;
  const std::int64_t first = ends.getColumn(0).getInt64();
  const std::int64_t last = ends.getColumn(1).getInt64();
  if (first < 0 || last >= std::numeric_limits<std::uint32_t>::max())
    throw damaged(file.string(), fmt::format("its agents are numbered from {} to {}", first, last));
  if (is_read_through) {
    const std::int64_t count = database.execAndGet("SELECT COUNT(*) FROM agents").getInt64();
    if (count != last + 1 - first)
      throw damaged(file.string(),
                    fmt::format("it has {} agents, numbered from {} to {}", count, first, last));
  }
  return AgentsInFile{.first = first, .end = last + 1};
} catch (const SQLite::Exception& error) {
  throw no_rows(file.string(), error);
}

/// The names go into SQL, and a file may come from anybody.
bool is_plain(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

/// Tables of agents' rows, and views.
std::vector<std::string> names_of_rows(const SQLite::Database& run_db, const char* types) {
  SQLite::Statement names(run_db, fmt::format("SELECT name FROM main.sqlite_schema WHERE type IN ({}) AND "
                                              "name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY rowid",
                                              types));
  std::vector<std::string> all;
  while (names.executeStep()) {
    const std::string name = names.getColumn(0).getString();
    if (!is_plain(name))
      throw damaged(run_db.getFilename(), fmt::format("no run has a table or view {}", excerpt(name)));
    if (std::ranges::find(kOfTheWholeRun, name) == kOfTheWholeRun.end()) all.push_back(name);
  }
  return all;
}

void check_count(sqlite3* handle, const fs::path& folder, std::size_t shards) {
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, std::numeric_limits<int>::max());  // SQLite cuts it down
  const auto most = static_cast<std::size_t>(sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, -1));
  if (shards <= most) return;
  throw Failure(ErrorKind::usage,
                fmt::format("the rows of {0} lie in {1} files, of which SQLite can read {2} at once: "
                            "`throng merge {0}` makes one of them",
                            folder.string(), shards + 1, most + 1));
}

void attach(SQLite::Database& run_db, const RowsFile& file, const std::vector<std::string>& names) try {
  SQLite::Statement attach(run_db, fmt::format("ATTACH ? AS {}", file.schema));
  attach.bind(1, file.path);
  attach.exec();
  SQLite::Statement known(run_db, fmt::format("SELECT 1 FROM {}.sqlite_schema WHERE name = ?", file.schema));
  for (const std::string& name : names) {
    known.bind(1, name);
    if (!known.executeStep()) throw damaged(file.path, fmt::format("it has no table {}", name));
    known.reset();
  }
} catch (const SQLite::Exception& error) {
  throw no_rows(file.path, error);
}

}  // namespace

fs::path shard_of(const fs::path& run_folder, std::size_t rank) {
  return run_folder / (rank == 0 ? "run.db" : fmt::format("run.{}.db", rank));
}

std::vector<fs::path> shards_in(const fs::path& run_folder) {
  std::vector<std::pair<std::size_t, fs::path>> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(run_folder)) {
    if (const auto rank = rank_in(entry.path().filename().string())) found.emplace_back(*rank, entry.path());
  }
  std::ranges::sort(found);
  std::vector<fs::path> shards;
  for (auto& [rank, file] : found) shards.push_back(std::move(file));
  return shards;
}

void remove_database(const fs::path& file) {
  for (const char* beside : {"-wal", "-shm", "-journal", ""}) fs::remove(file.string() + beside);
}

std::size_t ranks_of(const SQLite::Database& run_db) {
  return number_in_meta(run_db, "ranks", 2, kMostRanks).value_or(1);
}

std::vector<fs::path> files_of(const SQLite::Database& run_db, Gap gap) {
  std::vector<fs::path> files{run_db.getFilename()};
  const std::size_t ranks = ranks_of(run_db);
  if (ranks == 1 || meta_of(run_db, "store") == "summary") return files;  // of agents there are no rows
  const bool has_finished = meta_of(run_db, "status") == "finished";
  const bool is_read_through = has_finished && gap == Gap::fails;
  const auto all = has_finished
                       ? number_in_meta(run_db, "agents", 0, std::numeric_limits<std::uint32_t>::max())
                       : std::nullopt;
  const auto check_first = [&](const fs::path& file, std::int64_t first, std::int64_t expected) {
    if (all && first != expected)
      throw damaged(file.string(),
                    fmt::format("it begins with agent {}, and agent {} is expected", first, expected));
  };
  std::int64_t next = 0;
  if (const auto agents = agents_in(files.front(), has_finished, is_read_through)) {
    check_first(files.front(), agents->first, 0);
    next = agents->end;
  }
  for (std::size_t rank = 1; rank < ranks; ++rank) {
    const fs::path shard = shard_of(folder_of(run_db), rank);
    if (has_finished && !fs::exists(shard)) {
      throw Failure(ErrorKind::data, fmt::format("{}: is missing: the run's rows lie in run.db and {} shards",
                                                 shard.string(), ranks - 1));
    }
    const auto agents = agents_in(shard, has_finished, is_read_through);
    if (!agents) continue;  // of more ranks than there is work for, or of one that has not begun
    if (agents->first != next && !has_finished) {
      if (gap == Gap::ends_it) break;
      throw Failure(
          ErrorKind::usage,
          fmt::format("{} begins with agent {}, and agent {} is in no file: the run was killed before "
                      "all its ranks had begun; --resume begins it again",
                      shard.string(), agents->first, next));
    }
    check_first(shard, agents->first, next);
    next = agents->end;
    files.push_back(shard);
  }
  if (all && next != static_cast<std::int64_t>(*all))
    throw damaged(files.front().string(),
                  fmt::format("it and its {} shards have {} agents, the run had {}", ranks - 1, next, *all));
  return files;
}

std::vector<std::string> tables_of_rows(const SQLite::Database& run_db) {
  return names_of_rows(run_db, "'table'");
}

std::vector<RowsFile> attach_shards(SQLite::Database& run_db) {
  std::vector<RowsFile> files;
  for (const fs::path& file : files_of(run_db, Gap::ends_it)) {
    files.push_back(
        {.schema = files.empty() ? "main" : fmt::format("shard_{}", files.size()), .path = file.string()});
  }
  if (files.size() == 1) return files;
  check_count(run_db.getHandle(), folder_of(run_db), files.size() - 1);
  const std::vector<std::string> names = names_of_rows(run_db, "'table', 'view'");
  for (std::size_t i = 1; i < files.size(); ++i) attach(run_db, files[i], names);
  // A view of a file finds what it needs in that file, since all rows of an agent lie in one: a union of views is the view of the
  // union, and the index of its file serves it.
  for (const std::string& name : names) {
    std::vector<std::string> parts;
    for (const RowsFile& file : files)
      parts.push_back(fmt::format(R"(SELECT * FROM {}."{}")", file.schema, name));
    run_db.exec(fmt::format(R"(CREATE TEMP VIEW "{}" AS {})", name, fmt::join(parts, " UNION ALL ")));
  }
  return files;
}

}  // namespace throng
