#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/external_ids.h"

namespace throng {

/// A malformed line that was skipped.
struct BadLine {
  std::string file;
  std::size_t line = 0;  ///< from 1
  std::string reason;
};

/// What is not wrong enough to leave out or to stop at, but nothing to pass over in silence.
enum class Oddity : std::uint8_t {
  time,              ///< before 1970, or later than today
  number_like_date,  ///< a time such as 20140731, taken for seconds
  repeat,            ///< a user and an item that another row has too, of which the latest counts
  sum,               ///< a user and an item that another row has too, to which it was added
  low_rating,        ///< lower than what was asked for, and left out
  float_id,          ///< an id such as 10.0, taken for 10
  rounded_id,        ///< an id such as 9.78E+12, which has lost digits
  encoding,          ///< bytes that are not UTF-8, taken for Windows-1252
  backslash,         ///< a row with quotes inside quotes that a backslash escapes
};
inline constexpr std::size_t kOddities = 9;

/// How often something occurred in a file, and where first.
struct Occurrences {
  static constexpr std::size_t kShown = 3;

  std::size_t count = 0;
  std::size_t last_line = 0;
  std::vector<std::size_t> lines;  ///< the first kShown
  std::string example;             ///< what stands on the first of them; may be empty
};

/// What was read of a file.
struct FileRead {
  std::string name;
  std::size_t rows =
      0;  ///< lines, rows or records, without header and blank lines; malformed ones are counted
  std::size_t line = 0;    ///< that of the current row
  std::string encoding{};  ///< that it was rewritten from; empty: UTF-8, but for Oddity::encoding
  std::array<Occurrences, kOddities> odd{};

  const Occurrences& of(Oddity oddity) const { return odd[static_cast<std::size_t>(oddity)]; }
  /// Counts something odd on the current line, or on another; `text` is what stands there.
  void note(Oddity oddity, std::string_view text) { note(oddity, text, line); }
  void note(Oddity oddity, std::string_view text, std::size_t at);
  /// The same, once a row.
  void note_row(Oddity oddity, std::string_view text) {
    const Occurrences& known = of(oddity);
    if (known.count == 0 || known.last_line != line) note(oddity, text);
  }
  /// A text of the current row as UTF-8. Bytes that are not are taken for Windows-1252, and noted.
  std::string text(std::string_view bytes);
};

/// How the ids of items that occur in interactions meet those that another file describes.
struct IdMatch {
  static constexpr std::size_t kShown = 3;

  std::string file;
  std::size_t items = 0;             ///< that occur in interactions
  std::size_t met = 0;               ///< of these, with a description in the file
  std::size_t described = 0;         ///< rows of the file
  std::size_t idle = 0;              ///< of these, with an id that occurs in no interaction
  std::vector<std::string> missing;  ///< the first items without a description
  std::vector<std::string> unused;   ///< the first ids of idle rows
  std::string hint;                  ///< how more of them would meet; may be empty
};

/// What an import read, and what became of it.
struct ImportReport {
  std::deque<FileRead> files;    ///< in the order in which they were opened; they stay where they are
  std::vector<BadLine> skipped;  ///< all of them
  std::vector<IdMatch> matches;  ///< a file each
};

/// Malformed lines of one file that are so in the same way: their reasons differ in quoted texts and numbers alone.
struct SkippedLines {
  BadLine first;
  std::size_t count = 0;
  std::vector<std::size_t> lines;  ///< the first Occurrences::kShown
};

/// In the order of the first lines.
std::vector<SkippedLines> alike(const std::vector<BadLine>& skipped);

/// Finds the items that a file describes among those that occur in interactions, and keeps count.
class IdMatching {
 public:
  /// `ids` must outlive this object.
  IdMatching(const ExternalIds& ids, std::string file)
      : ids_(ids), match_{.file = std::move(file), .items = ids.size()}, met_(ids.size(), false) {}

  /// The position of an id that the file describes; none if it occurs in no interaction.
  std::optional<std::uint32_t> find(std::string_view id) { return note(id, ids_.find(id)); }
  /// The same for a caller that found the position, or none, by something else than the id.
  std::optional<std::uint32_t> note(std::string_view id, std::optional<std::uint32_t> position);

  IdMatch result() const;

 private:
  std::string hint() const;

  const ExternalIds& ids_;
  IdMatch match_;
  std::vector<bool> met_;            ///< by position
  std::vector<std::string> unused_;  ///< the first described ids that occur in no interaction
};

}  // namespace throng
