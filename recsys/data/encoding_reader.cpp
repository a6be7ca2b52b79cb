#include "recsys/data/encoding_reader.h"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/text.h"

namespace throng {

EncodingReader::EncodingReader(const std::string& encoding, std::string name)
    : encoding_(encoding), name_(std::move(name)), converter_(iconv_open("UTF-8", encoding.c_str())) {
  if (converter_ == reinterpret_cast<iconv_t>(-1)) {
    throw Failure(ErrorKind::usage, fmt::format("there is no encoding {}; iconv --list names those there are",
                                                excerpt(encoding)));
  }
}

EncodingReader::~EncodingReader() { iconv_close(converter_); }

void EncodingReader::append_to(std::string& text, std::string_view bytes) {
  constexpr std::size_t piece = 1U << 16U;
  rest_ += bytes;
  char* in = rest_.data();
  std::size_t in_left = rest_.size();
  std::string out(piece, '\0');
  int error = E2BIG;
  while (in_left > 0 && error == E2BIG) {
    char* to = out.data();
    std::size_t to_left = out.size();
    error = iconv(converter_, &in, &in_left, &to, &to_left) == static_cast<std::size_t>(-1) ? errno : 0;
    text.append(out, 0, out.size() - to_left);
  }
  position_ += rest_.size() - in_left;
  rest_.erase(0, rest_.size() - in_left);
  if (error == EILSEQ) fail();
}

void EncodingReader::end() {
  if (!rest_.empty()) fail();
}

void EncodingReader::fail() const {
  throw Failure(ErrorKind::data,
                fmt::format("{}: byte {} does not go on as {}", name_, position_ + 1, encoding_));
}

std::string marked_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv)) return "UTF-16";
  return {};
}

}  // namespace throng
