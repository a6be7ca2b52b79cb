#include "scenarios/store/journal.h"

#include <array>
#include <cstring>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/journal_db_sql.h"

namespace throng {
namespace {

constexpr int kVersion = 1;

using HashBytes = std::array<char, 16>;

HashBytes bytes_of(const Hash128& hash) {
  HashBytes bytes;
  std::memcpy(bytes.data(), &hash.high, 8);
  std::memcpy(bytes.data() + 8, &hash.low, 8);
  return bytes;
}

Hash128 hash_from(const SQLite::Column& column) {
  Hash128 hash;
  if (column.getBytes() != 16) return hash;
  std::memcpy(&hash.high, column.getBlob(), 8);
  std::memcpy(&hash.low, static_cast<const char*>(column.getBlob()) + 8, 8);
  return hash;
}

void bind_key(SQLite::Statement& statement, const CallKey& key) {
  const HashBytes request = bytes_of(key.request);
  statement.bind(1, static_cast<std::int64_t>(key.actor));
  statement.bind(2, request.data(), static_cast<int>(request.size()));
  statement.bind(3, key.occurrence);
}

JournaledReply reply_from(SQLite::Statement& row, int first_column) {
  return {.reply = row.getColumn(first_column).getString(),
          .endpoint = row.getColumn(first_column + 1).getString(),
          .attempts = row.getColumn(first_column + 2).getInt(),
          .usd = row.getColumn(first_column + 3).getDouble()};
}

}  // namespace

struct Journal::Database {
  Database(const std::filesystem::path& path, Mode mode)
      : sqlite(path.string(), mode == Mode::read_only ? SQLite::OPEN_READONLY
                                                      : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE),
        file(path.string()) {
    const int version = sqlite.execAndGet("PRAGMA user_version").getInt();
    if (version != kVersion && (version != 0 || mode == Mode::read_only)) {
      throw Failure(ErrorKind::data, fmt::format("{} is not a journal of this version", file));
    }
    if (mode == Mode::read_only) return;
    sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536;");
    sqlite.exec(mode == Mode::survives_kill ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    SQLite::Transaction all_or_none(sqlite);
    sqlite.exec(std::string(embedded::journal_db_sql));
    all_or_none.commit();
    sqlite.exec("INSERT INTO processes VALUES (NULL, 'null')");
    process = sqlite.getLastInsertRowid();
  }

  /// The number of a text, which is stored if it is new.
  std::int64_t number_of(const std::string& text) {
    const HashBytes hash = bytes_of(hash128(text));
    find_text->bind(1, hash.data(), static_cast<int>(hash.size()));
    const bool known = find_text->executeStep();
    const std::int64_t number = known ? find_text->getColumn(0).getInt64() : 0;
    find_text->reset();
    if (known) return number;
    add_text->bind(1, hash.data(), static_cast<int>(hash.size()));
    add_text->bindNoCopy(2, text);
    add_text->exec();
    add_text->reset();
    return sqlite.getLastInsertRowid();
  }

  void begin() {
    if (!transaction) transaction.emplace(sqlite);
  }

  SQLite::Database sqlite;
  std::string file;
  std::int64_t process = 0;
  std::optional<SQLite::Statement> find_call;
  std::optional<SQLite::Statement> add_call;
  std::optional<SQLite::Statement> find_text;
  std::optional<SQLite::Statement> add_text;
  std::optional<SQLite::Transaction> transaction;

  /// Runs `work`; SQLite's complaint becomes a Failure.
  template <class Work>
  auto guarded(ErrorKind kind, const Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      throw Failure(kind, kind == ErrorKind::stopped
                              ? fmt::format("{} cannot be written: {}", file, error.what())
                              : fmt::format("{} cannot be read as a journal: {}", file, error.what()));
    }
  }
};

Journal::Journal(const std::filesystem::path& file, Mode mode) try
    : database_(std::make_unique<Database>(file, mode)) {
  SQLite::Database& sqlite = database_->sqlite;
  database_->find_call.emplace(
      sqlite,
      "SELECT reply, endpoint, attempts, usd FROM calls WHERE actor = ? AND request = ? AND occurrence = ?");
  if (mode == Mode::read_only) return;
  database_->add_call.emplace(
      sqlite,
      "INSERT INTO calls (actor, request, occurrence, parts, reply, endpoint, attempts, usd) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  database_->find_text.emplace(sqlite, "SELECT text FROM texts WHERE hash = ?");
  database_->add_text.emplace(sqlite, "INSERT INTO texts (hash, content) VALUES (?, ?)");
} catch (const SQLite::Exception& error) {
  throw Failure(ErrorKind::data,
                fmt::format("{} cannot be opened as a journal: {}", file.string(), error.what()));
}

Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;

std::optional<JournaledReply> Journal::find(const CallKey& key) const {
  return database_->guarded(ErrorKind::data, [&]() -> std::optional<JournaledReply> {
    SQLite::Statement& statement = *database_->find_call;
    bind_key(statement, key);
    std::optional<JournaledReply> found;
    if (statement.executeStep()) found = reply_from(statement, 0);
    statement.reset();
    return found;
  });
}

void Journal::add(const CallKey& key, std::span<const std::string> parts, const JournaledReply& reply) {
  database_->guarded(ErrorKind::stopped, [&] {
    database_->begin();
    std::vector<std::int64_t> numbers;
    numbers.reserve(parts.size());
    for (const std::string& part : parts) numbers.push_back(database_->number_of(part));
    SQLite::Statement& statement = *database_->add_call;
    bind_key(statement, key);
    statement.bind(4, fmt::format("[{}]", fmt::join(numbers, ",")));
    statement.bind(5, reply.reply);
    statement.bind(6, reply.endpoint);
    statement.bind(7, reply.attempts);
    statement.bind(8, reply.usd);
    statement.exec();
    statement.reset();
  });
}

void Journal::commit() {
  if (!database_->transaction) return;
  database_->guarded(ErrorKind::stopped, [&] {
    database_->transaction->commit();
    database_->transaction.reset();
  });
}

void Journal::tell(const Json& account) {
  database_->guarded(ErrorKind::stopped, [&] {
    database_->begin();
    SQLite::Statement update(database_->sqlite, "UPDATE processes SET account = ? WHERE process = ?");
    update.bind(1, account.dump());
    update.bind(2, database_->process);
    update.exec();
  });
}

std::vector<Json> Journal::accounts() const {
  return database_->guarded(ErrorKind::data, [&] {
    SQLite::Statement rows(database_->sqlite, "SELECT account FROM processes ORDER BY process");
    std::vector<Json> accounts;
    while (rows.executeStep()) {
      Json account = Json::parse(rows.getColumn(0).getString(), nullptr, false);
      if (account.is_object()) accounts.push_back(std::move(account));
    }
    return accounts;
  });
}

std::size_t Journal::size() const { return count("SELECT COUNT(*) FROM calls"); }

std::size_t Journal::actors() const {
  return count(
      "SELECT COUNT(DISTINCT actor) FROM calls LEFT JOIN texts ON texts.text = json_extract(parts, '$[0]') "
      "WHERE json_extract(content, '$.protocol') IS NULL");
}

std::size_t Journal::count(const char* query) const {
  return database_->guarded(ErrorKind::data, [&] {
    return static_cast<std::size_t>(database_->sqlite.execAndGet(query).getInt64());
  });
}

std::vector<JournaledCall> Journal::calls_of(ActorId actor) const {
  return database_->guarded(ErrorKind::data, [&] {
    SQLite::Statement rows(database_->sqlite,
                           "SELECT request, occurrence, reply, endpoint, attempts, usd, number FROM calls "
                           "WHERE actor = ? ORDER BY number");
    rows.bind(1, static_cast<std::int64_t>(actor));
    SQLite::Statement parts(database_->sqlite,
                            "SELECT content FROM calls, json_each(calls.parts) AS part "
                            "JOIN texts ON texts.text = part.value WHERE number = ? ORDER BY part.key");
    std::vector<JournaledCall> calls;
    while (rows.executeStep()) {
      JournaledCall& call = calls.emplace_back();
      call.key = {
          .actor = actor, .request = hash_from(rows.getColumn(0)), .occurrence = rows.getColumn(1).getUInt()};
      call.reply = reply_from(rows, 2);
      parts.bind(1, rows.getColumn(6).getInt64());
      while (parts.executeStep()) call.parts.push_back(parts.getColumn(0).getString());
      parts.reset();
    }
    return calls;
  });
}

std::vector<JournalTotals> Journal::totals() const {
  return database_->guarded(ErrorKind::data, [&] {
    SQLite::Statement rows(database_->sqlite,
                           "SELECT endpoint, COALESCE(json_extract(content, '$.model'), ''), COUNT(*), "
                           "  SUM(attempts), COALESCE(SUM(json_extract(reply, '$.usage.prompt')), 0), "
                           "  COALESCE(SUM(json_extract(reply, '$.usage.cached')), 0), "
                           "  COALESCE(SUM(json_extract(reply, '$.usage.completion')), 0), SUM(usd) "
                           "FROM calls LEFT JOIN texts ON texts.text = json_extract(parts, '$[0]') "
                           "WHERE json_extract(content, '$.protocol') IS NULL GROUP BY 1, 2 ORDER BY 1, 2");
    std::vector<JournalTotals> totals;
    while (rows.executeStep()) {
      totals.push_back({.endpoint = rows.getColumn(0).getString(),
                        .model = rows.getColumn(1).getString(),
                        .calls = rows.getColumn(2).getInt64(),
                        .attempts = rows.getColumn(3).getInt64(),
                        .prompt_tokens = rows.getColumn(4).getInt64(),
                        .cached_tokens = rows.getColumn(5).getInt64(),
                        .completion_tokens = rows.getColumn(6).getInt64(),
                        .usd = rows.getColumn(7).getDouble()});
    }
    return totals;
  });
}

}  // namespace throng
