#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace throng {

/// Whether a file is a gzip one, by its first bytes.
inline bool is_gzip(std::string_view content) { return content.starts_with("\x1F\x8B"); }

/// The encoding that a byte order mark tells, if it is not UTF-8's: "UTF-16" or "UTF-32"; else empty.
std::string marked_encoding(std::string_view bytes);

/// Where a text may be cut into blocks: at every line end, or only at those outside double quotes (CSV).
enum class BlockEnds { lines, unquoted_lines };

class GzipInflater;
class EncodingReader;

/// The text of a file in blocks of whole lines, in a memory that does not grow with the file: plain text at once, as it
/// is; gzip (recognised by its first bytes; several members are one text) as it is inflated; other encodings as they are
/// rewritten in UTF-8.
class TextBlocks {
 public:
  /// `content` must outlive this object; `name` is for messages; `encoding` is one of iconv's, or empty if nothing is to be
  /// rewritten.
  TextBlocks(std::string_view content, std::string name, BlockEnds ends, const std::string& encoding = "");
  ~TextBlocks();
  TextBlocks(const TextBlocks&) = delete;
  TextBlocks& operator=(const TextBlocks&) = delete;

  /// Goes to the next block; false at the end. Throws Failure(data) for a broken or truncated gzip file, and as EncodingReader.
  bool next();
  /// Not empty. Valid until next().
  std::string_view text() const { return block_; }

 private:
  bool next_made();
  bool append();
  std::size_t end_of_block();

  std::string_view content_;
  std::string name_;
  BlockEnds ends_;
  std::unique_ptr<GzipInflater> inflater_;    ///< none: not packed
  std::unique_ptr<EncodingReader> encoding_;  ///< none: UTF-8
  std::string packed_;                        ///< inflated, not yet rewritten
  std::string buffer_;                        ///< the block, then the beginning of the next
  std::string_view block_;
  std::size_t scanned_ = 0;   ///< how much of buffer_ has been searched for line ends
  std::size_t last_end_ = 0;  ///< one past the last line end found in it
  bool in_quotes_ = false;    ///< at scanned_
};

}  // namespace throng
