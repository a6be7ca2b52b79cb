#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "recsys/data/item_table.h"
#include "recsys/import/field_rows.h"
#include "recsys/import/import_report.h"
#include "recsys/import/importers.h"
#include "recsys/import/interaction_log.h"

namespace throng {
namespace {

/// What is known of an item, as far as there are columns for it.
struct ItemColumns {
  std::optional<std::size_t> title;
  std::optional<std::size_t> year;
  std::optional<std::size_t> genres;
  std::string genre_separator;

  void describe(std::span<const std::string_view> fields, std::uint32_t id, FileRead& read,
                DescribedItems& items) const {
    Item& item = items[id];
    if (title && *title < fields.size() && item.title.empty()) {
      item.title = read.text(trimmed(fields[*title]));
      item.year = year_in_title(item.title);
    }
    if (year && *year < fields.size()) item.year = year_of(fields[*year]).value_or(item.year);
    if (!genres || *genres >= fields.size()) return;
    std::string_view rest = fields[*genres];
    while (!rest.empty()) {
      const std::size_t end = genre_separator.empty() ? std::string_view::npos : rest.find(genre_separator);
      items.add_genre(id, read.text(without_quotes(rest.substr(0, end))));
      rest = end == std::string_view::npos ? "" : rest.substr(end + genre_separator.size());
    }
  }

 private:
  /// "1995", "1995.0", "1995-03-01"
  static std::optional<int> year_of(std::string_view field) {
    const std::string_view digits = trimmed(field).substr(0, 4);
    const auto number = parse_number<int>(digits);
    return number && *number >= 1 && digits.size() == 4 ? number : std::nullopt;
  }
  /// Of the lists that Python writes: "['Action', 'Drama']"
  static std::string_view without_quotes(std::string_view name) {
    constexpr std::string_view around = " []'\"";
    name.remove_prefix(std::min(name.find_first_not_of(around), name.size()));
    return name.substr(0, name.find_last_not_of(around) + 1);
  }
};

ItemColumns item_columns_of(NamedRows& rows, const CsvFormat& format) {
  return {.title = rows.position(format.title),
          .year = rows.position(format.year),
          .genres = rows.position(format.genres),
          .genre_separator = format.genre_separator};
}

void read_items(ImportSource& source, const SourceFile& file, const CsvFormat& format, const ExternalIds& ids,
                DescribedItems& items) {
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
void read_own_items(ImportSource& source, const SourceFile& file, const CsvFormat& format,
                    const ExternalIds& ids, DescribedItems& items) {
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
  add("year", format.year);
  add("genres", format.genres);
  return json;
}

}  // namespace

Dataset import_columns(ImportSource& source, const SourceFile& file, const SourceFile* items_file,
                       const CsvFormat& format, const CsvFormat& items_format, std::string_view kind,
                       std::string_view variant) {
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
  if (items_file != nullptr) {
    read_items(source, *items_file, items_format, log.items(), items);
  } else if (!format.title.empty() || !format.genres.empty()) {
    read_own_items(source, file, format, log.items(), items);
  }
  auto distinct = log.take_rows(Repeats::latest);
  Dataset dataset = gathered_dataset(
      file, log, std::move(distinct),
      {.ratings = columns.rating.has_value(), .times = columns.time.has_value()}, std::move(items));
  dataset.provenance = source.provenance(kind, variant);
  dataset.provenance["columns"] = columns_json(format);
  dataset.provenance["repeated"] = log.repeated();
  return dataset;
}

Dataset import_csv(ImportSource& source) {
  const ImportOptions& options = source.options();
  const SourceFile& file = open_main_file(source, [](std::string_view /*name*/) { return false; });
  const SourceFile* items = options.items.empty() ? nullptr : &source.open_path(options.items);
  const bool objects = has_records(file);
  return import_columns(source, file, items, options.csv, options.csv, objects ? "json" : "csv",
                        objects ? "objects" : "columns");
}

}  // namespace throng
