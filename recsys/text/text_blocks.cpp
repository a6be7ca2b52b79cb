#include "recsys/text/text_blocks.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <iconv.h>

#define ZLIB_CONST  // next_in is const
#include <zlib.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace throng {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

constexpr std::size_t kBlock = 1U << 20U;
/// A quote that is still open after so much is taken for a stray one.
constexpr std::size_t kLongestQuote = 16 * kBlock;
constexpr std::size_t kLongestLine = 256 * kBlock;

}  // namespace

/// Inflates a gzip file of one or more members, by zlib.
class GzipInflater {
 public:
  /// `content` must outlive this object; `name` is for messages.
  GzipInflater(std::string_view content, std::string name);
  ~GzipInflater();
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;

  /// Appends the next bytes, at most `most`; false once nothing is left. Throws Failure(data) naming the file if it is
  /// broken or truncated.
  bool append_to(std::string& text, std::size_t most);

 private:
  void refill();
  [[noreturn]] void fail(std::string_view reason) const;

  std::string_view rest_;  ///< not yet given to zlib
  std::string name_;
  z_stream stream_{};
  bool ended_ = false;
};

/// Rewrites text of another encoding as UTF-8, piece by piece, by iconv.
class EncodingReader {
 public:
  /// `name` is the file's, for messages. Throws Failure(usage) if iconv does not know `encoding`.
  EncodingReader(const std::string& encoding, std::string name);
  ~EncodingReader();
  EncodingReader(const EncodingReader&) = delete;
  EncodingReader& operator=(const EncodingReader&) = delete;

  /// Appends the next bytes to `text`. A character may begin in one piece and end in the next. Throws Failure(data), naming
  /// file and byte, for bytes that mean nothing in the encoding.
  void append_to(std::string& text, std::string_view bytes);
  /// Throws Failure(data) if the bytes end inside a character.
  void end();

 private:
  [[noreturn]] void fail() const;

  std::string encoding_;
  std::string name_;
  iconv_t converter_;
  std::string rest_;          ///< the beginning of a character
  std::size_t position_ = 0;  ///< of rest_ in the file
};

GzipInflater::GzipInflater(std::string_view content, std::string name)
    : rest_(content), name_(std::move(name)) {
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipInflater::~GzipInflater() { inflateEnd(&stream_); }

void GzipInflater::refill() {
  constexpr std::size_t most = 1U << 30U;  // zlib counts in 32 bits
  if (stream_.avail_in > 0) return;
  const std::string_view piece = rest_.substr(0, most);
  rest_.remove_prefix(piece.size());
  stream_.next_in = reinterpret_cast<const Bytef*>(piece.data());
  stream_.avail_in = static_cast<uInt>(piece.size());
}

bool GzipInflater::append_to(std::string& text, std::size_t most) {
  const std::size_t before = text.size();
  text.resize(before + most);
  stream_.next_out = reinterpret_cast<Bytef*>(text.data() + before);
  stream_.avail_out = static_cast<uInt>(most);
  while (!ended_ && stream_.avail_out > 0) {
    refill();
    if (stream_.avail_in == 0) fail("the gzip file is truncated");
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      ended_ = stream_.avail_in == 0 && rest_.empty();
      if (!ended_) inflateReset(&stream_);  // the next member
    } else if (status != Z_OK) {
      fail(fmt::format("the gzip file is broken: {}", stream_.msg != nullptr ? stream_.msg : "no such data"));
    }
  }
  text.erase(text.size() - stream_.avail_out);
  return text.size() > before;
}

void GzipInflater::fail(std::string_view reason) const {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", name_, reason));
}

EncodingReader::EncodingReader(const std::string& encoding, std::string name)
    : encoding_(encoding), name_(std::move(name)), converter_(iconv_open("UTF-8", encoding.c_str())) {
  if (reinterpret_cast<std::intptr_t>(converter_) == -1) {
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

TextBlocks::TextBlocks(std::string_view content, std::string name, BlockEnds ends,
                       const std::string& encoding)
    : content_(content), name_(std::move(name)), ends_(ends) {
  if (is_gzip(content)) inflater_ = std::make_unique<GzipInflater>(content, name_);
  if (!encoding.empty()) encoding_ = std::make_unique<EncodingReader>(encoding, name_);
}

TextBlocks::~TextBlocks() = default;

bool TextBlocks::next() {
  if (inflater_ || encoding_) return next_made();
  block_ = std::exchange(content_, {});
  return !block_.empty();
}

/// Appends what comes next to buffer_; false at the end.
bool TextBlocks::append() {
  if (!encoding_) return inflater_->append_to(buffer_, kBlock);
  packed_.clear();
  std::string_view bytes;
  if (inflater_) {
    inflater_->append_to(packed_, kBlock);
    bytes = packed_;
  } else {
    bytes = content_.substr(0, kBlock);
    content_.remove_prefix(bytes.size());
  }
  if (bytes.empty()) {
    encoding_->end();
  } else {
    encoding_->append_to(buffer_, bytes);
  }
  return !bytes.empty();
}

bool TextBlocks::next_made() {
  buffer_.erase(0, block_.size());
  scanned_ = 0;
  in_quotes_ = false;
  std::size_t end = 0;
  bool more = true;
  while (more && (end == 0 || buffer_.size() < kBlock)) {
    more = append();
    end = more ? end_of_block() : buffer_.size();
    if (end == 0 && buffer_.size() > kLongestLine) {
      throw Failure(ErrorKind::data,
                    fmt::format("{}: has a line of more than {} bytes", name_, kLongestLine));
    }
  }
  block_ = std::string_view(buffer_).substr(0, end);
  return !block_.empty();
}

/// One past the last line end of buffer_ at which it may be cut; 0 if there is none yet.
std::size_t TextBlocks::end_of_block() {
  if (scanned_ == 0) last_end_ = 0;
  if (ends_ == BlockEnds::lines) {
    const std::size_t found = std::string_view(buffer_).substr(scanned_).rfind('\n');
    if (found != std::string_view::npos) last_end_ = scanned_ + found + 1;
    scanned_ = buffer_.size();
    return last_end_;
  }
  for (; scanned_ < buffer_.size(); ++scanned_) {
    const char c = buffer_[scanned_];
    if (c == '"') in_quotes_ = !in_quotes_;
    if (c == '\n' && !in_quotes_) last_end_ = scanned_ + 1;
  }
  return last_end_ == 0 && buffer_.size() > kLongestQuote ? buffer_.rfind('\n') + 1 : last_end_;
}

}  // namespace throng
