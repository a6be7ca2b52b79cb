#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "recsys/import/import.h"
#include "recsys/text/csv.h"
#include "recsys/text/text.h"
#include "recsys/text/text_blocks.h"

namespace throng {

/// A file of a source dataset.
struct SourceFile {
  std::filesystem::path path;
  MappedFile content;
  std::size_t number = 0;  ///< in the order of opening
  std::string encoding;    ///< that it is rewritten from (iconv's name); empty: it is taken as it is

  std::string name() const { return to_valid_utf8(path.filename().string()); }
  /// The text in blocks, unpacked and rewritten as UTF-8 where need be.
  TextBlocks blocks(BlockEnds ends) const { return {content.text(), path.string(), ends, encoding}; }
  /// The same at once; in `memory` if it is not the file's own.
  std::string_view text(std::string& memory) const;
};

/// What an import reads, a folder or a file of one, what was opened, and the report of it. Importers of all formats use it.
class ImportSource {
 public:
  /// Throws Failure(data) if `path` is neither a folder nor a file.
  ImportSource(std::filesystem::path path, const ImportOptions& options);

  /// The folder, or that of the file.
  const std::filesystem::path& folder() const { return folder_; }
  /// The name of the file; none if the source is a folder.
  const std::optional<std::string>& file() const { return file_; }
  const ImportOptions& options() const { return options_; }
  /// Whether the folder has the file, or it with ".gz" behind its name.
  bool has(const std::string& name) const { return has_in(folder_, name); }
  static bool has_in(const std::filesystem::path& folder, const std::string& name);
  /// Takes another folder as the source's.
  void enter_folder(std::filesystem::path folder) { folder_ = std::move(folder); }
  /// Takes the nearest folder at or below the source's (three levels at most) for which `is_wanted` holds as the source's; if
  /// there is none, it stays. Throws Failure(data) naming them if two are equally near.
  void enter(const std::function<bool(const std::filesystem::path& folder)>& is_wanted);
  /// The names of the folder's files for which `wanted` holds, in alphabetical order.
  std::vector<std::string> files(const std::function<bool(std::string_view name)>& wanted) const;
  /// Opens the file, or it with ".gz" behind its name. Throws Failure(data) naming the path if it is missing, empty or of a
  /// kind that is not read. The file lives as long as this object.
  const SourceFile& open(const std::string& name) { return open_in(folder_, name); }
  const SourceFile& open_in(const std::filesystem::path& folder, const std::string& name);
  const SourceFile& open_path(const std::filesystem::path& path);

  /// Counts a malformed line. Throws Failure(data), "file:line: reason", when it is one too many.
  void skip(const SourceFile& file, std::size_t line, const std::string& reason);

  /// What is known of a file that was opened. Readers of rows count them there and say on which line they are.
  FileRead& read_of(const SourceFile& file) { return report_.files[file.number]; }
  void add(IdMatch match) { report_.matches.push_back(std::move(match)); }
  /// Notes a time (Unix seconds, on the current line) that is before 1970 or later than now.
  void check_time(std::int64_t time, FileRead& read) const {
    if (time < 0 || time > latest_) read.note(Oddity::time, std::to_string(time));
  }

  /// What was imported: kind, variant, every opened file with its size, XXH3 hash and rows, options, skipped lines.
  Json provenance(std::string_view kind, std::string_view variant) const;
  ImportReport take_report() { return std::move(report_); }

 private:
  std::filesystem::path folder_;
  std::optional<std::string> file_;
  ImportOptions options_;
  std::int64_t latest_;  ///< of the times that are not odd
  std::list<SourceFile> files_;
  ImportReport report_;
};

using NamePredicate = std::function<bool(std::string_view name)>;

/// Opens the file of interactions: the source itself or, of a folder, the only CSV or JSON file for which `is_other` does
/// not hold. Throws Failure(data) if there is none or more than one.
const SourceFile& open_main_file(ImportSource& source, const NamePredicate& is_other);

/// Opens the file that describes the items: the one the options name, else the only one in the folder for which
/// `is_wanted` holds. Null if there is none, or more than one.
const SourceFile* open_items_file(ImportSource& source, const NamePredicate& is_wanted);

/// Does the file hold objects, in JSON or as Python literals (and not rows of fields)?
bool has_records(const SourceFile& file);

/// The nearest folder at or below `root`, at most `levels` below it, for which `is_wanted` holds; none if there is none.
/// Throws Failure(data) naming them if two are equally near.
std::optional<std::filesystem::path> nearest_folder(
    const std::filesystem::path& root, std::size_t levels,
    const std::function<bool(const std::filesystem::path& folder)>& is_wanted);

/// The name of a file without folders and what follows the first '.'.
std::string stem(const std::filesystem::path& path);

/// Throws Failure(data): "file: reason".
[[noreturn]] void fail_file(const SourceFile& file, std::string_view reason);

/// Calls `parse(line, first)` for every line that is not blank; `first` marks the first one, which a reader that takes it
/// for a header does not count (FileRead::rows). It returns why the line is malformed, or an empty string; malformed lines
/// are skipped. The file may be a gzip file.
template <class Parse>
void for_each_line(ImportSource& source, const SourceFile& file, Parse parse) {
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  FileRead& read = source.read_of(file);
  std::size_t first_line = 1;
  bool first = true;
  while (blocks.next()) {
    LineReader reader(blocks.text(), first_line);
    while (reader.next()) {
      ++read.rows;
      read.line = reader.number();
      const std::string reason = parse(reader.line(), first);
      if (!reason.empty()) source.skip(file, reader.number(), reason);
      first = false;
    }
    first_line = reader.number() + 1;
  }
}

/// The same for the rows of a CSV file: `parse(table)`. Columns that are not asked for are passed over.
template <class Parse>
void for_each_row(ImportSource& source, const SourceFile& file, const std::vector<std::string_view>& columns,
                  Parse parse) {
  std::string memory;
  CsvTable table(file.text(memory), file.path.string(), columns, {}, UnknownColumns::passed_over);
  FileRead& read = source.read_of(file);
  while (table.next()) {
    ++read.rows;
    read.line = table.line();
    if (table.has_escapes()) read.note(Oddity::backslash, {});
    std::string reason = table.error();
    if (reason.empty()) reason = parse(table);
    if (!reason.empty()) source.skip(file, table.line(), reason);
  }
}

}  // namespace throng
