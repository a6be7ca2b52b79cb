#include "recsys/data/text_blocks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/gzip_inflater.h"

namespace throng {
namespace {

constexpr std::size_t kBlock = 1U << 20U;
/// A quote that is still open after so much is taken for a stray one.
constexpr std::size_t kLongestQuote = 16 * kBlock;
constexpr std::size_t kLongestLine = 256 * kBlock;

}  // namespace

TextBlocks::TextBlocks(std::string_view content, std::string name, BlockEnds ends)
    : content_(content), name_(std::move(name)), ends_(ends) {
  if (GzipInflater::is_gzip(content)) inflater_ = std::make_unique<GzipInflater>(content, name_);
}

TextBlocks::~TextBlocks() = default;

bool TextBlocks::next() {
  if (inflater_) return next_inflated();
  block_ = std::exchange(content_, {});
  return !block_.empty();
}

bool TextBlocks::next_inflated() {
  buffer_.erase(0, block_.size());
  scanned_ = 0;
  in_quotes_ = false;
  std::size_t end = 0;
  bool more = true;
  while (more && (end == 0 || buffer_.size() < kBlock)) {
    more = inflater_->append_to(buffer_, kBlock);
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
