#include "scenarios/store/journal.h"

#include <array>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/journal_db_sql.h"

namespace throng {
namespace {

constexpr int kVersion = 3;
/// Whoever looks into the file while it becomes one of write-ahead logs holds it for moments.
constexpr int kLookersMs = 10'000;

using HashBytes = std::array<char, 16>;

HashBytes bytes_of(const Hash128& hash) {
  HashBytes bytes;
  std::memcpy(bytes.data(), &hash.high, 8);
  std::memcpy(bytes.data() + 8, &hash.low, 8);
  return bytes;
}

/// The zero hash if it is none.
Hash128 hash_from(const SQLite::Column& column) {
  Hash128 hash;
  if (column.getBytes() != 16) return hash;
  std::memcpy(&hash.high, column.getBlob(), 8);
  std::memcpy(&hash.low, static_cast<const char*>(column.getBlob()) + 8, 8);
  return hash;
}

/// Of everything that a row of `calls` says.
Hash128 checksum(const CallKey& key, RequestKind kind, std::string_view parts, const JournaledReply& reply) {
  std::string text;
  text.reserve(reply.reply.size() + 160);
  fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {} {} {} {} {} {} {} ", index(key.actor),
                 key.request.hex(), key.occurrence, static_cast<int>(kind), parts, reply.attempts,
                 reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens,
                 std::bit_cast<std::uint64_t>(reply.usd), reply.endpoint, reply.model);
  return hash128(text += reply.reply);
}

void bind_key(SQLite::Statement& statement, const CallKey& key) {
  const HashBytes request = bytes_of(key.request);
  statement.bind(1, static_cast<std::int64_t>(key.actor));
  statement.bind(2, request.data(), static_cast<int>(request.size()));
  statement.bind(3, key.occurrence);
}

/// What a query for a row's columns has to name, in this order.
constexpr const char* kRow =
    "number, actor, request, occurrence, kind, parts, reply, endpoint, model, attempts, prompt_tokens, "
    "cached_tokens, completion_tokens, usd, checksum";

struct Row {
  std::int64_t number = 0;
  CallKey key;
  RequestKind kind = RequestKind::completion;
  JournaledReply reply;
};

/// Throws Failure(data) if it is not as it was written.
Row row_from(SQLite::Statement& statement, const std::string& file) {
  const auto column = [&](int number) { return statement.getColumn(number); };
  Row row{.number = column(0).getInt64(),
          .key = {.actor = ActorId(column(1).getUInt()),
                  .request = hash_from(column(2)),
                  .occurrence = column(3).getUInt()},
          .kind = static_cast<RequestKind>(column(4).getInt()),
          .reply = {.reply = column(6).getString(),
                    .endpoint = column(7).getString(),
                    .model = column(8).getString(),
                    .attempts = column(9).getInt(),
                    .prompt_tokens = column(10).getInt64(),
                    .cached_tokens = column(11).getInt64(),
                    .completion_tokens = column(12).getInt64(),
                    .usd = column(13).getDouble()}};
  if (hash_from(column(14)) == checksum(row.key, row.kind, column(5).getString(), row.reply)) return row;
  throw Failure(
      ErrorKind::data,
      fmt::format("{} is damaged: row {} of calls is not what was written; restore the file, or delete the "
                  "row (sqlite3 {} 'DELETE FROM calls WHERE number = {}') to have its call asked again",
                  file, row.number, file, row.number));
}

}  // namespace

struct Journal::Database {
  Database(const std::filesystem::path& path, Mode mode, const std::optional<JournalOwner>& owner)
      : sqlite(path.string(),
               mode == Mode::read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
               kLookersMs),
        file(path.string()) {
    const int version = sqlite.execAndGet("PRAGMA user_version").getInt();
    if (version != kVersion && (version != 0 || mode == Mode::read_only)) {
      throw Failure(
          ErrorKind::data,
          fmt::format("{} is a journal in format {}, this version of Throng has format {}: complete, replay "
                      "or report its run with the version that wrote it, or run it anew",
                      file, version, kVersion));
    }
    if (version != 0 && owner) check(*owner);
    if (mode == Mode::read_only) return;
    sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536;");
    sqlite.exec(mode == Mode::survives_kill ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    SQLite::Transaction all_or_none(sqlite);
    sqlite.exec(std::string(embedded::journal_db_sql));
    if (version == 0 && owner) {
      write_meta("run", owner->run);
      write_meta("words", owner->words);
    }
    all_or_none.commit();
    sqlite.exec("INSERT INTO processes VALUES (NULL, 'null')");
    process = sqlite.getLastInsertRowid();
  }

  void write_meta(const char* key, const std::string& value) {
    SQLite::Statement insert(sqlite, "INSERT INTO meta VALUES (?, ?)");
    insert.bind(1, key);
    insert.bind(2, value);
    insert.exec();
  }

  std::string meta(const char* key) {
    SQLite::Statement select(sqlite, "SELECT value FROM meta WHERE key = ?");
    select.bind(1, key);
    return select.executeStep() ? select.getColumn(0).getString() : "";
  }

  void check(const JournalOwner& owner) {
    if (meta("run") == owner.run) return;
    throw Failure(
        ErrorKind::data,
        fmt::format("{} is the journal of another run ({}), not of this one ({}): its replies are not "
                    "counted as this run's; --replay uses those that this run asks for too",
                    file, meta("words"), owner.words));
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

Journal::Journal(const std::filesystem::path& file, Mode mode, const std::optional<JournalOwner>& owner) try
    : database_(std::make_unique<Database>(file, mode, owner)) {
  SQLite::Database& sqlite = database_->sqlite;
  database_->find_call.emplace(
      sqlite, fmt::format("SELECT {} FROM calls WHERE actor = ? AND request = ? AND occurrence = ?", kRow));
  if (mode == Mode::read_only) return;
  database_->add_call.emplace(
      sqlite,
      "INSERT INTO calls (actor, request, occurrence, kind, parts, reply, endpoint, model, attempts, "
      "prompt_tokens, "
      "cached_tokens, completion_tokens, usd, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
    if (statement.executeStep()) found = row_from(statement, database_->file).reply;
    statement.reset();
    return found;
  });
}

void Journal::add(const CallKey& key, const ExternalRequest& request, const JournaledReply& reply) {
  database_->guarded(ErrorKind::stopped, [&] {
    database_->begin();
    std::vector<std::int64_t> numbers;
    numbers.reserve(request.parts.size());
    for (const std::string& part : request.parts) numbers.push_back(database_->number_of(part));
    SQLite::Statement& statement = *database_->add_call;
    const std::string list = fmt::format("[{}]", fmt::join(numbers, ","));
    const HashBytes sum = bytes_of(checksum(key, request.kind, list, reply));
    bind_key(statement, key);
    statement.bind(4, static_cast<int>(request.kind));
    statement.bind(5, list);
    statement.bind(6, reply.reply);
    statement.bind(7, reply.endpoint);
    statement.bind(8, reply.model);
    statement.bind(9, reply.attempts);
    statement.bind(10, reply.prompt_tokens);
    statement.bind(11, reply.cached_tokens);
    statement.bind(12, reply.completion_tokens);
    statement.bind(13, reply.usd);
    statement.bind(14, sum.data(), static_cast<int>(sum.size()));
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

std::size_t Journal::actors() const {
  return database_->guarded(ErrorKind::data, [&] {
    const auto count = database_->sqlite.execAndGet("SELECT COUNT(DISTINCT actor) FROM calls WHERE kind = 1");
    return static_cast<std::size_t>(count.getInt64());
  });
}

std::vector<JournaledCall> Journal::calls_of(ActorId actor) const {
  return database_->guarded(ErrorKind::data, [&] {
    SQLite::Statement rows(database_->sqlite,
                           fmt::format("SELECT {} FROM calls WHERE actor = ? ORDER BY number", kRow));
    rows.bind(1, static_cast<std::int64_t>(actor));
    SQLite::Statement parts(database_->sqlite,
                            "SELECT content, hash FROM calls, json_each(calls.parts) AS part "
                            "JOIN texts ON texts.text = part.value WHERE number = ? ORDER BY part.key");
    std::vector<JournaledCall> calls;
    while (rows.executeStep()) {
      Row row = row_from(rows, database_->file);
      JournaledCall& call =
          calls.emplace_back(JournaledCall{.key = row.key, .kind = row.kind, .reply = std::move(row.reply)});
      parts.bind(1, row.number);
      while (parts.executeStep()) {
        call.parts.push_back(parts.getColumn(0).getString());
        if (hash_from(parts.getColumn(1)) == hash128(call.parts.back())) continue;
        throw Failure(
            ErrorKind::data,
            fmt::format("{} is damaged: a text that row {} of calls asked with is not what was written",
                        database_->file, row.number));
      }
      parts.reset();
    }
    return calls;
  });
}

std::vector<JournalTotals> Journal::totals() const {
  return database_->guarded(ErrorKind::data, [&] {
    SQLite::Statement all(database_->sqlite, fmt::format("SELECT {} FROM calls", kRow));
    while (all.executeStep()) row_from(all, database_->file);
    SQLite::Statement rows(
        database_->sqlite,
        "SELECT endpoint, model, COUNT(*), SUM(attempts), SUM(prompt_tokens), SUM(cached_tokens), "
        "SUM(completion_tokens), SUM(usd), kind FROM calls WHERE kind IN (1, 2) GROUP BY kind, 1, 2 "
        "ORDER BY kind, 1, 2");
    std::vector<JournalTotals> totals;
    while (rows.executeStep()) {
      totals.push_back({.kind = static_cast<RequestKind>(rows.getColumn(8).getInt()),
                        .endpoint = rows.getColumn(0).getString(),
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
