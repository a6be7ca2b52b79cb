#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace throng {

/// A text as a direction in a space: of length 1, or all 0 if it says nothing.
using TextVector = std::array<float, 512>;

/// Texts that share words, or parts of words, come out near each other. Each word (letters and digits of any script, without
/// case, stop words of English left out) counts 1 and so do its character trigrams together, as in fastText
/// (Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017); both are hashed to a signed place (Weinberger
/// et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009). Nothing is learned or downloaded; the
/// same everywhere.
TextVector text_vector(std::string_view text);

/// The cosine of the angle between two texts: 1 the same words, about 0 none in common.
double similarity(const TextVector& a, const TextVector& b);

/// The cosine of the angle between any two vectors of the same length; 0 if one of them is all 0, or empty.
double cosine(std::span<const float> a, std::span<const float> b);

}  // namespace throng
