#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace throng {

/// What a label of a reply announces, whatever word it uses: "MOVIE:" and "BOOK:" are both `item`.
enum class FieldKind : std::uint8_t {
  text,
  item,
  align,
  reason,
  count,
  watch,
  rating,
  feeling,
  decision,
  positive,
  negative
};

/// A labelled value of a reply, or a line without any label (`text`).
struct ReplyField {
  FieldKind kind = FieldKind::text;
  std::string_view value;     ///< without the decoration around it; points into the reply
  std::string_view before{};  ///< what stands before the first label of its line, without decoration
  std::size_t line = 0;       ///< from 0
  bool is_open = false;       ///< its line ends behind the label, and no text followed yet
};

/// Cuts a reply at its labels. A label is a known word and a colon at the start of a line or behind a separator, in any
/// case and decoration (bullets, numbers, markdown, quotes), or in capitals anywhere. A value goes to the next label or
/// the end of its line; one that is empty there is the next line that has no label. Linear in the reply.
std::vector<ReplyField> reply_fields(std::string_view reply);

/// Without white space, bullets, markdown, quotes and separators at both ends. Brackets stay.
std::string_view without_decoration(std::string_view text);

}  // namespace throng
