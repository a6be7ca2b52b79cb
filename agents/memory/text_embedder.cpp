#include "agents/memory/text_embedder.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::size_t kGram = 3;
/// Words that stand in nearly every text, sorted.
constexpr std::array<std::string_view, 34> kStopWords{
    "a",   "about", "an", "and", "as",  "at",   "be",   "but",  "by",  "for", "from", "i",
    "in",  "is",    "it", "its", "me",  "my",   "not",  "of",   "on",  "or",  "so",   "that",
    "the", "this",  "to", "too", "was", "were", "what", "with", "you", "your"};
static_assert(std::ranges::is_sorted(kStopWords));

double dot_product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80U || is_digit(c) || (byte >= 'a' && byte <= 'z');
}

void add(std::string_view feature, float weight, TextVector& vector) {
  const std::uint64_t bits = hash128(feature).low;
  vector[(bits >> 1U) % vector.size()] += (bits & 1U) != 0 ? weight : -weight;
}

void add_word(std::string_view word, TextVector& vector) {
  if (std::ranges::binary_search(kStopWords, word)) return;
  const std::string bounded = '<' + std::string(word) + '>';  // its ends are parts of it
  add(bounded, 1, vector);
  const std::size_t grams = bounded.size() - kGram + 1;
  const float weight = 1 / std::sqrt(static_cast<float>(grams));
  for (std::size_t i = 0; i < grams; ++i) add(std::string_view(bounded).substr(i, kGram), weight, vector);
}

}  // namespace

TextVector text_vector(std::string_view text) {
  const std::string folded = lower_case(std::string(text));
  TextVector vector{};
  for (std::size_t at = 0; at < folded.size();) {
    const auto begin =
        std::find_if(folded.begin() + static_cast<std::ptrdiff_t>(at), folded.end(), is_word_byte);
    const auto end = std::find_if_not(begin, folded.end(), is_word_byte);
    if (begin != end) add_word({&*begin, static_cast<std::size_t>(end - begin)}, vector);
    at = static_cast<std::size_t>(end - folded.begin());
  }
  const auto length = static_cast<float>(std::sqrt(similarity(vector, vector)));
  if (length > 0) {
    for (float& value : vector) value /= length;
  }
  return vector;
}

double similarity(const TextVector& a, const TextVector& b) { return dot_product(a, b); }

double cosine(std::span<const float> a, std::span<const float> b) {
  if (a.empty() || b.empty()) return 0;
  const double lengths = std::sqrt(dot_product(a, a)) * std::sqrt(dot_product(b, b));
  return lengths > 0 ? dot_product(a, b) / lengths : 0;
}

}  // namespace throng
