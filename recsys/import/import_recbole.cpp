#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "recsys/import/field_rows.h"
#include "recsys/import/importers.h"
#include "recsys/import/interaction_log.h"

namespace throng {
namespace {

using Names = std::initializer_list<std::string_view>;

/// The columns of an atomic file, as they stand in its header.
class AtomicHeader {
 public:
  explicit AtomicHeader(const SourceFile& file) : file_(file) {
    FieldRows rows(file, "\t");
    if (rows.next()) {
      for (const std::string_view name : rows.fields()) names_.emplace_back(trimmed(without_bom(name)));
    }
    const bool is_typed = std::ranges::all_of(
        names_, [](const std::string& name) { return name.find(':') != std::string::npos; });
    if (names_.empty() || !is_typed) {
      fail_file(file, "has no header of names and types between tabs, such as \"user_id:token\"");
    }
  }

  /// The first column, by the order of `names`, with that name; empty if there is none.
  std::string find(Names names) const {
    for (const std::string_view wanted : names) {
      const auto found = std::ranges::find_if(
          names_, [&](const std::string& name) { return name.substr(0, name.find(':')) == wanted; });
      if (found != names_.end()) return *found;
    }
    return {};
  }
  std::string need(Names names) const {
    std::string found = find(names);
    if (found.empty()) {
      fail_file(file_, fmt::format("has no column {} (there are: {})", fmt::join(names, " or "),
                                   fmt::join(names_, ", ")));
    }
    return found;
  }

 private:
  const SourceFile& file_;
  std::vector<std::string> names_;
};

/// Sequences stand between blanks, but copies of other data have commas or bars in them.
std::string separator_of(const SourceFile& file, const std::string& column) {
  constexpr int enough = 200;
  if (!column.ends_with("_seq")) return "|";
  FieldRows rows(file, "\t");
  if (!rows.next()) return " ";
  const auto header = rows.fields();
  const auto at = static_cast<std::size_t>(std::ranges::find(header, column) - header.begin());
  bool comma = false;
  for (int n = 0; n < enough && rows.next(); ++n) {
    if (at >= rows.fields().size()) continue;
    if (rows.fields()[at].find('|') != std::string_view::npos) return "|";
    comma = comma || rows.fields()[at].find(',') != std::string_view::npos;
  }
  return comma ? "," : " ";
}

bool is_inter(std::string_view name) { return name.ends_with(".inter") || name.ends_with(".inter.gz"); }

const SourceFile& open_inter(ImportSource& source) {
  if (source.file()) return source.open(*source.file());
  const auto names = source.files(is_inter);
  if (names.size() == 1) return source.open(names.front());
  const std::string folder = source.folder().string();
  throw Failure(ErrorKind::data,
                names.empty()
                    ? fmt::format("{}: has no .inter file", folder)
                    : fmt::format("{}: has several .inter files ({}); name one of them as the source", folder,
                                  to_valid_utf8(fmt::format("{}", fmt::join(names, ", ")))));
}

// --- triples ---

constexpr std::array<std::string_view, 5> kSeparators{"\t", "::", ",", ";", " "};

/// The first rows of a file, cut at `separator`.
std::vector<std::vector<std::string>> first_rows(const SourceFile& file, const std::string& separator) {
  constexpr std::size_t enough = 20;
  std::vector<std::vector<std::string>> found;
  FieldRows rows(file, separator);
  while (found.size() < enough && rows.next()) {
    auto& row = found.emplace_back();
    for (const std::string_view field : rows.fields()) row.emplace_back(trimmed(field));
  }
  return found;
}

/// The separator that gives all of the first rows two fields or more, and as many.
std::string separator_in(const SourceFile& file) {
  for (const std::string_view separator : kSeparators) {
    const auto rows = first_rows(file, std::string(separator));
    const bool fits = !rows.empty() && std::ranges::all_of(rows, [&](const std::vector<std::string>& row) {
      return row.size() >= 2 && row.size() == rows.front().size();
    });
    if (fits) return std::string(separator);
  }
  fail_file(file,
            "has no rows of user, item, rating and time between tabs, commas, semicolons, \"::\" or blanks");
}

}  // namespace

Dataset import_recbole(ImportSource& source) {
  source.enter([](const std::filesystem::path& folder) {
    std::error_code error;
    const std::filesystem::directory_iterator entries(folder, error);
    return std::any_of(begin(entries), end(entries),
                       [](const auto& entry) { return is_inter(entry.path().filename().string()); });
  });
  const SourceFile& file = open_inter(source);
  const AtomicHeader header(file);
  CsvFormat format = source.options().csv;
  format.separator = "\t";
  format.header = true;
  format.user = header.need({"user_id", "user", "session_id", "uid"});
  format.item = header.need({"item_id", "item", "iid"});
  if (format.item.ends_with("_seq"))
    fail_file(file, "has several items in a row, which are no interactions one by one");
  if (format.rating.empty()) format.rating = header.find({"rating"});
  if (format.time.empty()) format.time = header.find({"timestamp", "time"});
  const std::string name = file.path.filename().string();
  const std::string items_name = name.substr(0, name.rfind(".inter")) + ".item";
  CsvFormat items_format = format;
  const SourceFile* items = nullptr;
  if (!source.options().items.empty() || source.has(items_name)) {
    items =
        source.options().items.empty() ? &source.open(items_name) : &source.open_path(source.options().items);
    const AtomicHeader described(*items);
    items_format.items_id = described.need({"item_id", "item", "iid"});
    items_format.title = described.find(
        {"movie_title", "title", "item_name", "name", "app_name", "book_title", "artist_name"});
    items_format.year = described.find({"release_year", "year", "publication_year"});
    items_format.genres = described.find({"genre", "genres", "class", "categories", "category", "tags"});
    items_format.genre_separator = separator_of(*items, items_format.genres);
  }
  format.title.clear();
  format.genres.clear();
  Dataset dataset = import_columns(source, file, items, format, items_format, "recbole", "atomic files");
  dataset.item_name = item_name_in(dataset.name).value_or(dataset.item_name);
  return dataset;
}

Dataset import_triples(ImportSource& source) {
  const SourceFile& file = open_main_file(source, [](std::string_view /*name*/) { return false; });
  CsvFormat format = source.options().csv;
  format.separator = separator_in(file);
  const auto rows = first_rows(file, format.separator);
  const std::size_t width = rows.front().size();
  const auto are_numbers = [&](std::size_t column, std::size_t from) {
    return rows.size() > from &&
           std::all_of(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end(),
                       [&](const auto& row) { return parse_number<double>(row[column]).has_value(); });
  };
  const auto has_times = [&](std::size_t column) {
    return std::ranges::any_of(rows, [&](const auto& row) { return parse_time(row[column]).has_value(); });
  };
  const std::vector<std::string_view> first(rows.front().begin(), rows.front().end());
  const std::vector<std::string> keys = column_keys(first);
  const bool is_named = keys[0].starts_with("user") || keys[0] == "uid";
  format.header = is_named || (width > 2 && are_numbers(2, 1) && !parse_number<double>(first[2]));
  format.user = "1";
  format.item = "2";
  if (format.rating.empty() && width > 2) format.rating = "3";
  if (format.time.empty() && width > 3 && has_times(3)) format.time = "4";
  const SourceFile* items =
      source.options().items.empty() ? nullptr : &source.open_path(source.options().items);
  return import_columns(source, file, items, format, source.options().csv, "triples",
                        fmt::format("{} fields", width));
}

}  // namespace throng
