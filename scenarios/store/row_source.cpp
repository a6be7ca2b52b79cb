#include "scenarios/store/row_source.h"

#include <fmt/format.h>

namespace throng {
namespace {

struct ServedTable {
  RowSource& source;
  int columns;
};

/// What SQLite takes for a sqlite3_vtab, with the rows behind it.
struct Table : sqlite3_vtab {
  const RowSource* source;
};

struct Cursor : sqlite3_vtab_cursor {
  std::size_t row;
};

const RowSource& source_of(const sqlite3_vtab_cursor* cursor) {
  return *static_cast<const Table*>(cursor->pVtab)->source;
}

std::size_t& row_of(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->row; }

int connect(sqlite3* database, void* served, int, const char* const*, sqlite3_vtab** table, char**) {
  const auto& [source, columns] = *static_cast<const ServedTable*>(served);
  std::string schema = "CREATE TABLE rows(c0";
  for (int column = 1; column < columns; ++column) schema += fmt::format(", c{}", column);
  const int status = sqlite3_declare_vtab(database, (schema + ")").c_str());
  if (status == SQLITE_OK) *table = new Table{{}, &source};
  return status;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

int plan(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }  // a full scan is the only plan

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = new Cursor{{}, 0};
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int start(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  row_of(cursor) = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++row_of(cursor);
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) { return row_of(cursor) >= source_of(cursor).rows() ? 1 : 0; }

int value(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int column) {
  source_of(cursor).value(row_of(cursor), column, result);
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(row_of(cursor));
  return SQLITE_OK;
}

/// Read-only, and there without CREATE VIRTUAL TABLE, so that nothing of it is left in the file.
const sqlite3_module& module() {
  static const sqlite3_module functions = [] {
    sqlite3_module m{};
    m.xConnect = connect;
    m.xBestIndex = plan;
    m.xDisconnect = disconnect;
    m.xOpen = open;
    m.xClose = close;
    m.xFilter = start;
    m.xNext = next;
    m.xEof = at_end;
    m.xColumn = value;
    m.xRowid = row_id;
    return m;
  }();
  return functions;
}

}  // namespace

void serve_rows(SQLite::Database& database, const std::string& name, int columns, RowSource& source) {
  const int status = sqlite3_create_module_v2(database.getHandle(), name.c_str(), &module(),
                                              new ServedTable{source, columns},
                                              [](void* served) { delete static_cast<ServedTable*>(served); });
  if (status != SQLITE_OK) throw SQLite::Exception(database.getHandle(), status);
}

}  // namespace throng
