#pragma once

#include <string>
#include <string_view>

#include <iconv.h>

namespace throng {

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

/// The encoding that a byte order mark tells, if it is not UTF-8's: "UTF-16" or "UTF-32"; else empty.
std::string marked_encoding(std::string_view bytes);

}  // namespace throng
