#pragma once

#include <string>
#include <string_view>

namespace throng {

/// Small ASCII letters, without white space, quotes, markdown and square brackets at both ends, unless
/// that is all there is; else as it is written.
std::string verbatim_key(std::string_view whole);

/// "2. Babe" -> "Babe", "#2 Babe" -> "Babe"; the same text if it has no number in front.
std::string_view without_numbering(std::string_view text);

/// `Babe" - a family film` -> `Babe`: what stands before the first closing quote or markdown.
std::string_view before_closing_quote(std::string_view text);

/// "Babe (1995)" -> "Babe"; the same text if no year in brackets stands at its end.
std::string_view without_year(std::string_view title);

/// "Seven (Se7en) (1995)" -> "Seven": what stands before the first bracket.
std::string_view before_brackets(std::string_view title);

}  // namespace throng
