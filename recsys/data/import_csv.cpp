#include "recsys/data/import_csv.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "recsys/data/gathered.h"
#include "recsys/data/id_matching.h"
#include "recsys/data/item_table.h"
#include "recsys/data/rating_columns.h"

namespace throng {
namespace {

/// The rows of a file and its columns by name or number.
class NamedRows {
 public:
  NamedRows(const SourceFile& file, const CsvFormat& format) : file_(file), rows_(file, format.separator) {
    if (!rows_.next() || !rows_.error().empty()) fail_file(file, "has no row of fields to begin with");
    for (const std::string_view field : rows_.fields())
      first_.push_back(to_valid_utf8(trimmed(without_bom(field))));
    has_header_ = format.header;
    is_first_ = !has_header_;
  }

  /// The position of a column; none if `column` is empty.
  std::optional<std::size_t> position(const std::string& column) const {
    if (column.empty()) return std::nullopt;
    const auto named = std::find(first_.begin(), first_.end(), column);
    if (has_header_ && named != first_.end()) return static_cast<std::size_t>(named - first_.begin());
    const auto number = parse_number<std::size_t>(column);
    if (number && *number >= 1 && (!has_header_ || *number <= first_.size())) return *number - 1;
    const std::string there_are = has_header_ ? fmt::format("there are: {}", fmt::join(first_, ", "))
                                              : "without a header line they go by number, from 1";
    throw Failure(ErrorKind::usage, fmt::format("{}: there is no column {}; {}", file_.path.string(),
                                                excerpt(column), there_are));
  }

  /// Calls `parse(fields)` for every row. It returns why the row is malformed, or an empty string.
  template <class Parse>
  void for_each(ImportSource& source, Parse parse) {
    FileRead& read = source.read_of(file_);
    while (is_first_ || rows_.next()) {
      is_first_ = false;
      ++read.rows;
      read.line = rows_.line();
      if (rows_.has_escapes()) read.note(Oddity::backslash, {});
      std::string reason(rows_.error());
      if (reason.empty()) reason = parse(rows_.fields());
      if (!reason.empty()) source.skip(file_, rows_.line(), reason);
    }
  }

 private:
  const SourceFile& file_;
  FieldRows rows_;
  std::vector<std::string> first_;  ///< the first row's fields
  bool has_header_ = false;
  bool is_first_ = false;  ///< is the first row of data the current one?
};

/// What is known of an item, as far as there are columns for it.
struct ItemColumns {
  std::optional<std::size_t> title;
  std::optional<std::size_t> genres;
  std::string genre_separator;

  void describe(std::span<const std::string_view> fields, std::uint32_t id, FileRead& read,
                DescribedItems& items) const {
    if (title && *title < fields.size() && items[id].title.empty()) {
      items[id].title = read.text(trimmed(fields[*title]));
      items[id].year = year_in_title(items[id].title);
    }
    if (!genres || *genres >= fields.size()) return;
    std::string_view rest = fields[*genres];
    while (!rest.empty()) {
      const std::size_t end = genre_separator.empty() ? std::string_view::npos : rest.find(genre_separator);
      items.add_genre(id, read.text(rest.substr(0, end)));
      rest = end == std::string_view::npos ? "" : rest.substr(end + genre_separator.size());
    }
  }
};

ItemColumns item_columns_of(const NamedRows& rows, const CsvFormat& format) {
  return {.title = rows.position(format.title),
          .genres = rows.position(format.genres),
          .genre_separator = format.genre_separator};
}

void read_items(ImportSource& source, const SourceFile& file, const ExternalIds& ids, DescribedItems& items) {
  const CsvFormat& format = source.options().csv;
  NamedRows rows(file, format);
  const std::size_t id_column = *rows.position(format.items_id);
  const ItemColumns columns = item_columns_of(rows, format);
  IdMatching matching(ids, file.name());
  FileRead& read = source.read_of(file);
  std::string scratch;
  rows.for_each(source, [&](std::span<const std::string_view> fields) -> std::string {
    if (fields.size() <= id_column) return fmt::format("{} fields; there is no item", fields.size());
    const std::string_view plain = plain_id(fields[id_column], read, scratch);
    const auto id = matching.find(is_valid_utf8(plain) ? std::string(plain) : read.text(plain));
    if (id) columns.describe(fields, *id, read, items);
    return {};
  });
  source.add(matching.result());
}

/// Reads the items that the interactions themselves describe: every item's first row.
void read_own_items(ImportSource& source, const SourceFile& file, const ExternalIds& ids,
                    DescribedItems& items) {
  const CsvFormat& format = source.options().csv;
  NamedRows rows(file, format);
  const std::size_t item_column = *rows.position(format.item);
  const ItemColumns columns = item_columns_of(rows, format);
  std::vector<bool> described(ids.size(), false);
  FileRead& read = source.read_of(file);
  FileRead ids_again;  // the rows are read a second time, and their ids were noted in the first
  std::string scratch;
  read.rows = 0;
  rows.for_each(source, [&](std::span<const std::string_view> fields) -> std::string {
    const std::string_view field = item_column < fields.size() ? fields[item_column] : "";
    const std::string_view plain = plain_id(field, ids_again, scratch);
    const auto id = is_valid_utf8(plain) ? ids.find(plain) : ids.find(western_to_utf8(plain));
    if (!id || described[*id]) return {};  // what is malformed was skipped before
    columns.describe(fields, *id, read, items);
    described[*id] = true;
    return {};
  });
}

Json columns_json(const CsvFormat& format) {
  Json json = Json::object();
  const auto add = [&](const char* key, const std::string& column) {
    if (!column.empty()) json[key] = column;
  };
  add("user", format.user);
  add("item", format.item);
  add("rating", format.rating);
  add("time", format.time);
  add("title", format.title);
  add("genres", format.genres);
  return json;
}

}  // namespace

Dataset import_csv(ImportSource& source) {
  const CsvFormat& format = source.options().csv;
  const SourceFile& file = open_main_file(source, [](std::string_view /*name*/) { return false; });
  NamedRows rows(file, format);
  const RatingColumns columns{.user = rows.position(format.user).value(),
                              .item = rows.position(format.item).value(),
                              .rating = rows.position(format.rating),
                              .time = rows.position(format.time),
                              .time_format = format.time_format,
                              .min_rating = source.options().min_rating};
  InteractionLog log(source, file);
  RowAdder adder(columns, format.rating_range, log, source.read_of(file));
  rows.for_each(source, [&](std::span<const std::string_view> fields) { return adder.add(fields); });
  DescribedItems items(log.items());
  if (!source.options().items.empty()) {
    read_items(source, source.open_path(source.options().items), log.items(), items);
  } else if (!format.title.empty() || !format.genres.empty()) {
    read_own_items(source, file, log.items(), items);
  }
  auto distinct = log.take_rows(Repeats::latest);
  Dataset dataset = gathered_dataset(
      file, log, std::move(distinct),
      {.ratings = columns.rating.has_value(), .times = columns.time.has_value()}, std::move(items));
  dataset.provenance = source.provenance("csv", "columns");
  dataset.provenance["columns"] = columns_json(format);
  dataset.provenance["repeated"] = log.repeated();
  return dataset;
}

}  // namespace throng
