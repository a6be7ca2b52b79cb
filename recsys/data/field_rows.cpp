#include "recsys/data/field_rows.h"

#include <utility>

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

}  // namespace throng
