#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#define ZLIB_CONST  // next_in is const
#include <zlib.h>

namespace throng {

/// Inflates a gzip file of one or more members, by zlib.
class GzipInflater {
 public:
  static bool is_gzip(std::string_view content) { return content.starts_with("\x1F\x8B"); }

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

}  // namespace throng
