#include "recsys/data/gzip_inflater.h"

#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"

namespace throng {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

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

}  // namespace throng
