#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "recsys/data/csv.h"
#include "recsys/data/import.h"
#include "recsys/data/mapped_file.h"
#include "recsys/data/text.h"
#include "recsys/data/text_blocks.h"

namespace throng {

/// A file of a source dataset.
struct SourceFile {
  std::filesystem::path path;
  MappedFile content;

  std::string name() const { return to_valid_utf8(path.filename().string()); }
};

/// What an import reads, a folder or a file of one, what was opened and what was skipped. Importers of all formats use it.
class ImportSource {
 public:
  /// Throws Failure(data) if `path` is neither a folder nor a file.
  ImportSource(std::filesystem::path path, const ImportOptions& options);

  /// The folder, or that of the file.
  const std::filesystem::path& folder() const { return folder_; }
  /// The name of the file; none if the source is a folder.
  const std::optional<std::string>& file() const { return file_; }
  const ImportOptions& options() const { return options_; }
  bool has(const std::string& name) const;
  /// The names of the folder's files for which `wanted` holds, in alphabetical order.
  std::vector<std::string> files(const std::function<bool(std::string_view name)>& wanted) const;
  /// Throws Failure(data) naming the path if the file is missing or empty. The file lives as long as this
  /// object.
  const SourceFile& open(const std::string& name) { return open_path(folder_ / name); }
  const SourceFile& open_path(const std::filesystem::path& path);

  /// Counts a malformed line. Throws Failure(data), "file:line: reason", when it is one too many.
  void skip(const SourceFile& file, std::size_t line, const std::string& reason);

  /// What was imported: kind, variant, every opened file with its size and XXH3 hash, options, skipped lines.
  Json provenance(std::string_view kind, std::string_view variant) const;
  std::vector<BadLine> take_skipped() { return std::move(skipped_); }

 private:
  std::filesystem::path folder_;
  std::optional<std::string> file_;
  ImportOptions options_;
  std::list<SourceFile> files_;
  std::vector<BadLine> skipped_;
};

/// The name of a file without folders and what follows the first '.'.
std::string stem(const std::filesystem::path& path);

/// Throws Failure(data): "file: reason".
[[noreturn]] void fail_file(const SourceFile& file, std::string_view reason);

/// Calls `parse(line, first)` for every line that is not blank; `first` marks the first one. It returns why
/// the line is malformed, or an empty string; malformed lines are skipped. The file may be a gzip file.
template <class Parse>
void for_each_line(ImportSource& source, const SourceFile& file, Parse parse) {
  TextBlocks blocks(file.content.text(), file.path.string(), BlockEnds::lines);
  std::size_t first_line = 1;
  bool first = true;
  while (blocks.next()) {
    LineReader reader(blocks.text(), first_line);
    while (reader.next()) {
      const std::string reason = parse(reader.line(), first);
      if (!reason.empty()) source.skip(file, reader.number(), reason);
      first = false;
    }
    first_line = reader.number() + 1;
  }
}

/// The same for the rows of a CSV file: `parse(table)`.
template <class Parse>
void for_each_row(ImportSource& source, const SourceFile& file, const std::vector<std::string_view>& columns,
                  Parse parse) {
  CsvTable table(file.content.text(), file.path.string(), columns);
  while (table.next()) {
    std::string reason = table.error();
    if (reason.empty()) reason = parse(table);
    if (!reason.empty()) source.skip(file, table.line(), reason);
  }
}

}  // namespace throng
