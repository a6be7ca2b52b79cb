#include "recsys/data/text_blocks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/encoding_reader.h"
#include "recsys/data/gzip_inflater.h"

namespace throng {
namespace {

constexpr std::size_t kBlock = 1U << 20U;
/// A quote that is still open after so much is taken for a stray one.
constexpr std::size_t kLongestQuote = 16 * kBlock;
constexpr std::size_t kLongestLine = 256 * kBlock;

}  // namespace

TextBlocks::TextBlocks(std::string_view content, std::string name, BlockEnds ends,
                       const std::string& encoding)
    : content_(content), name_(std::move(name)), ends_(ends) {
  if (GzipInflater::is_gzip(content)) inflater_ = std::make_unique<GzipInflater>(content, name_);
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
