#include "recsys/text/csv.h"

#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/text/text.h"

namespace throng {

CsvReader::CsvReader(std::string_view text, char separator, std::size_t first_line)
    : text_(without_bom(text)),
      line_feed_(text_, '\n'),
      carriage_return_(text_, '\r'),
      quote_(text_, '"'),
      separator_(separator),
      line_(first_line) {
  start_parser();
}

CsvReader::~CsvReader() { csv_free(&parser_); }

void CsvReader::start_parser() {
  if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
  csv_set_delim(&parser_, static_cast<unsigned char>(separator_));
  csv_set_blk_size(&parser_, 1U << 16U);                          // it grows by this much, not twofold
  csv_set_space_func(&parser_, [](unsigned char) { return 0; });  // libcsv would trim unquoted fields
}

void CsvReader::on_field(void* bytes, std::size_t size, void* self) {
  auto* reader = static_cast<CsvReader*>(self);
  reader->bytes_.append(static_cast<const char*>(bytes), size);
  reader->ends_.push_back(reader->bytes_.size());
}

void CsvReader::on_row(int /*terminator*/, void* self) { static_cast<CsvReader*>(self)->row_ended_ = true; }

/// One past the CR, LF or CRLF that ends the line, so that at most one row ends in a line.
std::size_t CsvReader::end_of_line(std::size_t from) {
  const std::size_t position = std::min(line_feed_.from(from), carriage_return_.from(from));
  const std::size_t length = text_.substr(position).starts_with("\r\n") ? 2 : 1;
  return std::min(position + length, text_.size());
}

void CsvReader::split(std::string_view content) {
  for (std::size_t end = content.find(separator_); end != std::string_view::npos;
       end = content.find(separator_)) {
    fields_.push_back(content.substr(0, end));
    content.remove_prefix(end + 1);
  }
  fields_.push_back(content);
}

void CsvReader::finish_row() {
  std::size_t start = 0;
  for (const std::size_t end : ends_) {
    fields_.push_back(std::string_view(bytes_).substr(start, end - start));
    start = end;
  }
}

/// Appends the field at `at` to bytes_. Returns the position behind it; npos if it is malformed.
std::size_t CsvReader::take_escaped_field(std::size_t at) {
  if (at < text_.size() && text_[at] != '"') {
    const std::string_view line = text_.substr(at, end_of_line(at) - at);
    const std::string_view content =
        line.substr(0, std::min(line.find_first_of("\r\n"), line.find(separator_)));
    if (content.find('"') != std::string_view::npos) return std::string_view::npos;
    bytes_ += content;
    return at + content.size();
  }
  for (++at; at < text_.size(); ++at) {
    const std::string_view two = text_.substr(at, 2);
    if (two == "\\\"" || two == "\\\\") {
      has_escapes_ = has_escapes_ || two[1] == '"';
      bytes_ += two[1];
      ++at;
    } else if (two == "\"\"") {
      bytes_ += '"';
      ++at;
    } else if (two.front() == '"') {
      return at + 1;
    } else {
      bytes_ += two.front();
    }
  }
  return std::string_view::npos;
}

/// Reads the row at `position` with backslashes as escapes; false if it is malformed so too, or has none.
bool CsvReader::read_escaped(std::size_t position) {
  bytes_.clear();
  ends_.clear();
  std::size_t at = position;
  for (bool more = true; more; ++at) {
    at = take_escaped_field(at);
    if (at == std::string_view::npos) return false;
    ends_.push_back(bytes_.size());
    more = at < text_.size() && text_[at] == separator_;
    const bool is_end = at == text_.size() || text_[at] == '\n' || text_[at] == '\r';
    if (!more && !is_end) return false;
  }
  position_ = end_of_line(at - 1);
  const std::string_view row = text_.substr(position, position_ - position);
  line_ = row_line_ + std::max<std::size_t>(1, static_cast<std::size_t>(std::ranges::count(row, '\n')));
  finish_row();
  return has_escapes_;
}

void CsvReader::recover(std::size_t position, std::string reason) {
  csv_free(&parser_);
  start_parser();
  if (read_escaped(position)) return;
  fields_.clear();
  has_escapes_ = false;
  error_ = std::move(reason);
  position_ = end_of_line(position);
  line_ = row_line_ + 1;
}

bool CsvReader::next() {
  bytes_.clear();
  ends_.clear();
  fields_.clear();
  error_.clear();
  has_escapes_ = false;
  row_ended_ = false;
  std::optional<std::size_t> row_start;
  while (position_ < text_.size()) {
    const std::size_t start = position_;
    const std::string_view line = text_.substr(start, end_of_line(start) - start);
    position_ += line.size();
    const std::size_t line_number = line_++;
    if (!row_start) {
      const std::string_view content = line.substr(0, line.find_last_not_of("\r\n") + 1);
      if (content.empty()) continue;
      row_line_ = line_number;
      if (quote_.from(start) >= start + content.size()) {  // most rows: there is nothing to parse
        split(content);
        return true;
      }
      row_start = start;
    }
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size()) {
      recover(*row_start, "a quote in the wrong place");
      return true;
    }
    if (row_ended_) {
      finish_row();
      return true;
    }
  }
  if (!row_start) return false;
  if (csv_fini(&parser_, on_field, on_row, this) != 0) {
    recover(*row_start, "a quoted field is not closed");
  } else {
    finish_row();
  }
  return true;
}

CsvTable::CsvTable(std::string_view text, std::string file, const std::vector<std::string_view>& required,
                   const std::vector<std::string_view>& optional, UnknownColumns unknown)
    : reader_(text), file_(std::move(file)), positions_(required.size() + optional.size()) {
  if (!reader_.next()) {
    throw Failure(ErrorKind::data, fmt::format("{}: is empty; it needs a header line", file_));
  }
  if (!reader_.error().empty()) fail(reader_.error());
  std::vector<std::string_view> names = required;
  names.insert(names.end(), optional.begin(), optional.end());
  width_ = reader_.fields().size();
  for (std::size_t position = 0; position < width_; ++position) {
    const std::string_view name = reader_.fields()[position];
    const auto declared = std::find(names.begin(), names.end(), name);
    if (declared == names.end()) {
      if (unknown == UnknownColumns::passed_over) continue;
      fail(fmt::format("unknown column {}; the columns are {}", excerpt(name), fmt::join(names, ", ")));
    }
    auto& known = positions_[static_cast<std::size_t>(declared - names.begin())];
    if (known) fail(fmt::format("the column \"{}\" occurs twice", name));
    known = position;
  }
  for (std::size_t column = 0; column < required.size(); ++column) {
    if (!has(column)) fail(fmt::format("there is no column \"{}\"", required[column]));
  }
}

bool CsvTable::next() { return reader_.next(); }

std::string CsvTable::error() const {
  if (!reader_.error().empty() || reader_.fields().size() == width_) return reader_.error();
  return fmt::format("{} fields, but the header has {}", reader_.fields().size(), width_);
}

void CsvTable::fail(std::string_view reason) const {
  throw Failure(ErrorKind::data, fmt::format("{}:{}: {}", file_, line(), reason));
}

CsvWriter::CsvWriter(const std::filesystem::path& path) : file_(path) {}

std::string CsvWriter::quoted(std::string_view text) {
  if (!needs_quotes(text)) return std::string(text);
  std::string field(2 * text.size() + 2, '\0');
  field.resize(csv_write(field.data(), field.size(), text.data(), text.size()));
  return field;
}

void CsvWriter::end_row() {
  constexpr std::size_t block = 1U << 16U;
  buffer_ += '\n';
  row_begun_ = false;
  if (buffer_.size() < block) return;
  file_.out() << buffer_;
  buffer_.clear();
}

void CsvWriter::row(const std::vector<std::string_view>& fields) {
  for (const std::string_view text : fields) field(text);
  end_row();
}

void CsvWriter::close() {
  file_.out() << buffer_;
  file_.commit();
}

}  // namespace throng
