#include "recsys/import/field_rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "recsys/import/interaction_log.h"
#include "recsys/import/record_lines.h"
#include "recsys/text/text.h"

namespace throng {

FieldRows::FieldRows(const SourceFile& file, std::string separator)
    : separator_(std::move(separator)),
      blocks_(file.blocks(is_quoted() ? BlockEnds::unquoted_lines : BlockEnds::lines)) {}

bool FieldRows::next() {
  while (!next_of_block()) {
    if (!next_block()) return false;
  }
  return true;
}

bool FieldRows::next_of_block() {
  if (csv_) return csv_->next();
  if (!lines_ || !lines_->next()) return false;
  split(lines_->line());
  return true;
}

bool FieldRows::next_block() {
  std::size_t first_line = 1;
  if (csv_) first_line = csv_->next_line();
  if (lines_) first_line = lines_->number() + 1;
  if (!blocks_.next()) return false;
  if (is_quoted()) {
    csv_.emplace(blocks_.text(), separator_.front(), first_line);
  } else {
    lines_.emplace(blocks_.text(), first_line);
  }
  return true;
}

void FieldRows::split(std::string_view line) {
  fields_.clear();
  for (std::size_t end = line.find(separator_); end != std::string_view::npos; end = line.find(separator_)) {
    fields_.push_back(line.substr(0, end));
    line.remove_prefix(end + separator_.size());
  }
  fields_.push_back(line);
  if (separator_ == " ") std::erase_if(fields_, [](std::string_view field) { return field.empty(); });
}

namespace {

/// The keys of the first objects, those of objects in them with a point between.
std::vector<std::string> keys_of(const SourceFile& file) {
  constexpr std::size_t enough = 100;
  std::vector<std::string> keys;
  std::size_t objects = 0;
  RecordReader reader;
  for_each_object_text(file, [&](std::string_view text, std::size_t /*line*/) {
    const std::optional<Record> record = reader.read(text);
    if (record) record->add_keys(keys);
    return ++objects < enough;
  });
  return keys;
}

}  // namespace

NamedRows::NamedRows(const SourceFile& file, const CsvFormat& format)
    : file_(file), list_separator_(format.genre_separator) {
  if (has_records(file)) {
    first_ = keys_of(file);
    if (first_.empty()) fail_file(file, "has no object with keys to begin with");
    return;
  }
  rows_.emplace(file, format.separator);
  if (!rows_->next() || !rows_->error().empty()) fail_file(file, "has no row of fields to begin with");
  for (const std::string_view field : rows_->fields())
    first_.push_back(to_valid_utf8(trimmed(without_bom(field))));
  has_header_ = format.header;
  is_first_ = !has_header_;
}

std::optional<std::size_t> NamedRows::position(const std::string& column) {
  if (column.empty()) return std::nullopt;
  const auto named = std::find(first_.begin(), first_.end(), column);
  const bool is_named = named != first_.end();
  if (!rows_ && is_named) {
    keys_.push_back(column);
    return keys_.size() - 1;
  }
  if (rows_ && has_header_ && is_named) return static_cast<std::size_t>(named - first_.begin());
  const auto number = parse_number<std::size_t>(column);
  if (rows_ && number && *number >= 1 && (!has_header_ || *number <= first_.size())) return *number - 1;
  const std::string there_are = has_header_ || !rows_ ? fmt::format("there are: {}", fmt::join(first_, ", "))
                                                      : "without a header line they go by number, from 1";
  throw Failure(ErrorKind::usage, fmt::format("{}: there is no {} {}; {}", file_.path.string(),
                                              rows_ ? "column" : "key", excerpt(column), there_are));
}

void NamedRows::for_each_object(ImportSource& source, const Parse& parse) const {
  std::vector<std::string> texts(keys_.size());
  std::vector<std::string_view> fields(keys_.size());
  for_each_record(source, file_, [&](const Record& record) {
    for (std::size_t n = 0; n < keys_.size(); ++n) {
      texts[n] = record.field(keys_[n], list_separator_);
      fields[n] = texts[n];
    }
    return parse(fields);
  });
}

}  // namespace throng
