#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace throng {

/// Rows in memory that SQL reads as a table (https://www.sqlite.org/vtab.html). Copying them with one statement
/// costs half of binding and stepping one for every row.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual std::size_t rows() const = 0;
  /// Hands over a value with one of sqlite3_result_*; texts must live until the rows are changed.
  virtual void value(std::size_t row, int column, sqlite3_context* result) const = 0;
};

/// Makes `source` readable in `database` under `name`. The source must outlive the database's use of it.
void serve_rows(SQLite::Database& database, const std::string& name, int columns, RowSource& source);

/// How a row's value becomes one of SQLite's.
template <class T>
void give(const T& value, sqlite3_context* result) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    sqlite3_result_int64(result, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    sqlite3_result_double(result, static_cast<double>(value));
  } else if constexpr (std::is_same_v<T, const char*>) {  // a literal; none: null
    sqlite3_result_text(result, value, -1, SQLITE_STATIC);
  } else if constexpr (std::is_same_v<T, std::string>) {
    sqlite3_result_text64(result, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (value) {  // an optional
    give(*value, result);
  } else {
    sqlite3_result_null(result);
  }
}

/// How many columns a value fills, and which of its parts stands in one of them: an array fills as many as it is long.
template <class T>
struct ColumnsOf {
  static constexpr int count = 1;
  static void give_part(const T& value, int /*part*/, sqlite3_context* result) { give(value, result); }
};
template <class T, std::size_t n>
struct ColumnsOf<std::array<T, n>> {
  static constexpr int count = n;
  static void give_part(const std::array<T, n>& values, int part, sqlite3_context* result) {
    give(values[static_cast<std::size_t>(part)], result);
  }
};

/// Gathers rows for a table and inserts them at once; a row with the key of an older one replaces it.
template <class... Columns>
class TableRows : private RowSource {
 public:
  TableRows(SQLite::Database& database, const std::string& table) {
    serve_rows(database, "new_" + table, (ColumnsOf<Columns>::count + ...), *this);
    insert_.emplace(database, "INSERT OR REPLACE INTO " + table + " SELECT * FROM new_" + table);
  }

  void add(Columns... columns) { rows_.emplace_back(std::move(columns)...); }

  /// Inserts the rows added since the last time.
  void insert() {
    if (rows_.empty()) return;
    insert_->exec();
    insert_->reset();
    rows_.clear();
  }

 private:
  using Row = std::tuple<Columns...>;

  std::size_t rows() const override { return rows_.size(); }
  void value(std::size_t row, int column, sqlite3_context* result) const override {
    give_column(rows_[row], column, result, std::index_sequence_for<Columns...>());
  }
  template <std::size_t... I>
  static void give_column(const Row& row, int column, sqlite3_context* result,
                          std::index_sequence<I...> /*all*/) {
    (void)(gave(std::get<I>(row), column, result) || ...);
  }

  /// Whether the column was one of this value's; else `column` counts on from behind it.
  template <class T>
  static bool gave(const T& value, int& column, sqlite3_context* result) {
    if (column < ColumnsOf<T>::count) {
      ColumnsOf<T>::give_part(value, column, result);
      return true;
    }
    column -= ColumnsOf<T>::count;
    return false;
  }

  std::vector<Row> rows_;
  std::optional<SQLite::Statement> insert_;
};

}  // namespace throng
