#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "recsys/import/import_source.h"

namespace throng {

/// An object of a source, a line of JSON or a Python literal. Members are asked for by name; what is absent, null or of
/// another kind is none. Texts are valid UTF-8 and live as long as the line is the current one.
class Record {
 public:
  explicit Record(simdjson::dom::object object) : object_(object) {}

  std::optional<std::string_view> text(std::string_view key) const;
  /// A text that is not blank, trimmed, or a whole number.
  std::optional<std::string> id(std::string_view key) const;
  /// A number, or a text that is one (thousands may be set apart by commas).
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> truth(std::string_view key) const;
  std::optional<simdjson::dom::array> list(std::string_view key) const;
  /// The value at a path ("user.id") as a field of a row: texts as they are, numbers in digits, lists of them with `separator`
  /// between; empty for what is absent, null or an object. MongoDB's {"$oid": ...} and their like are their values.
  std::string field(std::string_view path, std::string_view separator) const;
  /// Adds the paths of the values to `paths`, each once.
  void add_keys(std::vector<std::string>& paths) const;

 private:
  simdjson::dom::object object_;
};

/// Reads lines into records.
class RecordReader {
 public:
  /// The line's object. None if it is malformed; reason() says why.
  std::optional<Record> read(std::string_view line);
  const std::string& reason() const { return reason_; }

 private:
  std::optional<Record> parse();

  simdjson::dom::parser parser_;
  std::string json_;
  std::string reason_;
};

/// Cuts a text into the JSON objects at its top level, whatever stands between them, and gives the line each begins on.
class ObjectCutter {
 public:
  using Visit = std::function<void(std::string_view object, std::size_t line)>;

  /// Takes the next part of the text.
  void take(std::string_view text, const Visit& visit);
  /// The line of an object that was not closed.
  std::optional<std::size_t> open_line() const {
    return depth_ > 0 ? std::optional(object_line_) : std::nullopt;
  }

 private:
  std::string object_;  ///< that began in an earlier part
  std::size_t depth_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
  std::size_t line_ = 1;
  std::size_t object_line_ = 0;
};

/// Whether the objects of a file are not a line each: they stand in one JSON array, or over several lines.
bool has_objects_over_lines(const SourceFile& file);

/// Calls `visit(text, line)` for every object of `file`, as for_each_record, until it returns false.
void for_each_object_text(const SourceFile& file,
                          const std::function<bool(std::string_view text, std::size_t line)>& visit);

/// Calls `parse(record)` for every object of `file`: every line that is not blank or, if has_objects_over_lines, every object
/// of JSON. It returns why the record is malformed, or an empty string; malformed records are skipped.
template <class Parse>
void for_each_record(ImportSource& source, const SourceFile& file, Parse parse) {
  RecordReader reader;
  const auto read = [&](std::string_view text) -> std::string {
    const std::optional<Record> record = reader.read(text);
    return record ? parse(*record) : reader.reason();
  };
  if (!has_objects_over_lines(file)) {
    for_each_line(source, file, [&](std::string_view line, bool /*first*/) { return read(line); });
    return;
  }
  FileRead& counts = source.read_of(file);
  ObjectCutter cutter;
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  while (blocks.next()) {
    cutter.take(blocks.text(), [&](std::string_view object, std::size_t line) {
      ++counts.rows;
      counts.line = line;
      const std::string reason = read(object);
      if (!reason.empty()) source.skip(file, line, reason);
    });
  }
  if (const auto line = cutter.open_line()) source.skip(file, *line, "not JSON: the object is not closed");
}

}  // namespace throng
