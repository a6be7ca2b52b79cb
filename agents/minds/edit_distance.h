#pragma once

#include <cstddef>
#include <string_view>

namespace throng {

/// Whether `a` becomes `b` by at most `most` insertions, deletions, replacements or swaps of neighbouring bytes (optimal
/// string alignment). O(size x most).
bool within_edits(std::string_view a, std::string_view b, std::size_t most);

}  // namespace throng
