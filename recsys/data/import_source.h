#pragma once

#include <filesystem>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "recsys/data/csv.h"
#include "recsys/data/import.h"
#include "recsys/data/mapped_file.h"
#include "recsys/data/text.h"

namespace throng {

/// A file of a source dataset.
struct SourceFile {
  std::filesystem::path path;
  MappedFile content;

  std::string name() const { return to_valid_utf8(path.filename().string()); }
};

/// The folder an import reads, what was opened in it and what was skipped. Importers of all formats use it.
class ImportSource {
 public:
  /// Throws Failure(data) if `folder` is no folder.
  ImportSource(std::filesystem::path folder, const ImportOptions& options);

  const std::filesystem::path& folder() const { return folder_; }
  bool has(const std::string& name) const;
  /// Throws Failure(data) naming the path if the file is missing or empty. The file lives as long as this
  /// object.
  const SourceFile& open(const std::string& name);

  /// Counts a malformed line. Throws Failure(data), "file:line: reason", when it is one too many.
  void skip(const SourceFile& file, std::size_t line, const std::string& reason);

  /// What was imported: kind, variant, every opened file with its size and XXH3 hash, options, skipped lines.
  Json provenance(std::string_view kind, std::string_view variant) const;
  std::vector<BadLine> take_skipped() { return std::move(skipped_); }

 private:
  std::filesystem::path folder_;
  ImportOptions options_;
  std::list<SourceFile> files_;
  std::vector<BadLine> skipped_;
};

/// Throws Failure(data): "file: reason".
[[noreturn]] void fail_file(const SourceFile& file, std::string_view reason);

/// Calls `parse(line, first)` for every line that is not blank; `first` marks the first one. It returns why
/// the line is malformed, or an empty string; malformed lines are skipped.
template <class Parse>
void for_each_line(ImportSource& source, const SourceFile& file, Parse parse) {
  LineReader reader(file.content.text());
  bool first = true;
  while (reader.next()) {
    const std::string reason = parse(reader.line(), first);
    if (!reason.empty()) source.skip(file, reader.number(), reason);
    first = false;
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
