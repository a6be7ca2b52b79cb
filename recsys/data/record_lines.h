#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "recsys/data/import_source.h"

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

/// Calls `parse(record)` for every line of `file` that is not blank. It returns why the record is malformed, or an empty
/// string; malformed lines are skipped.
template <class Parse>
void for_each_record(ImportSource& source, const SourceFile& file, Parse parse) {
  RecordReader reader;
  for_each_line(source, file, [&](std::string_view line, bool /*first*/) -> std::string {
    const std::optional<Record> record = reader.read(line);
    return record ? parse(*record) : reader.reason();
  });
}

}  // namespace throng
