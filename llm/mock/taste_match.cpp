#include "llm/mock/taste_match.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace throng::llm::mock {
namespace {

constexpr std::size_t kStem = 5;
constexpr std::size_t kShortest = 3;

constexpr bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80U;
}

/// The first letters of a word in one number, small ones for capitals.
constexpr std::uint64_t stem(std::string_view word) {
  std::uint64_t packed = 0;
  for (const char c : word.substr(0, kStem)) {
    const auto byte = static_cast<unsigned char>(c);
    packed = packed << 8U | (byte >= 'A' && byte <= 'Z' ? byte + 32U : byte);
  }
  return packed;
}

constexpr auto kSayNothing = [] {
  std::array stems{
      stem("about"), stem("above"),  stem("admirer"), stem("and"),      stem("any"),    stem("are"),
      stem("below"), stem("buff"),   stem("but"),     stem("dislikes"), stem("enjoys"), stem("enthusiast"),
      stem("fall"),  stem("fan"),    stem("film"),    stem("films"),    stem("for"),    stem("from"),
      stem("genre"), stem("genres"), stem("give"),    stem("gives"),    stem("has"),    stem("her"),
      stem("high"),  stem("his"),    stem("into"),    stem("its"),      stem("like"),   stem("likes"),
      stem("love"),  stem("lover"),  stem("loves"),   stem("low"),      stem("movie"),  stem("not"),
      stem("one"),   stem("other"),  stem("prefers"), stem("rating"),   stem("seeker"), stem("stories"),
      stem("story"), stem("such"),   stem("tends"),   stem("that"),     stem("the"),    stem("their"),
      stem("them"),  stem("this"),   stem("user"),    stem("who"),      stem("with")};
  std::ranges::sort(stems);
  return stems;
}();

template <class Take>
void for_each_stem(std::string_view text, Take&& take) {
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && !is_letter(text[at])) ++at;
    const std::size_t start = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    if (at - start < kShortest) continue;
    const std::uint64_t packed = stem(text.substr(start, at - start));
    if (!std::ranges::binary_search(kSayNothing, packed)) take(packed);
  }
}

std::vector<std::uint64_t> stems_of(std::string_view text) {
  std::vector<std::uint64_t> stems;
  for_each_stem(text, [&](std::uint64_t each) { stems.push_back(each); });
  return stems;
}

void make_searchable(std::vector<std::uint64_t>& stems) {
  std::ranges::sort(stems);
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
}

}  // namespace

TasteMatch::TasteMatch(const Persona& persona)
    : high_(stems_of(persona.rates_high)), low_(stems_of(persona.rates_low)) {
  for (const std::string& taste : persona.tastes)
    for_each_stem(taste, [&](std::uint64_t each) { tastes_.push_back(each); });
  make_searchable(tastes_);
  make_searchable(high_);
  make_searchable(low_);
}

double TasteMatch::of(const ListedItem& item) const {
  double liked = 0;
  int disliked = 0;
  const auto count = [&](std::string_view text, double weight) {
    for_each_stem(text, [&](std::uint64_t each) {
      if (std::ranges::binary_search(tastes_, each)) {
        liked += weight;
      } else if (std::ranges::binary_search(high_, each)) {
        liked += weight / 2;
      }
      if (std::ranges::binary_search(low_, each)) ++disliked;
    });
  };
  count(item.genres, 1);
  count(item.title, 0.5);
  count(item.summary, 0.5);
  return std::min(liked, 2.0) - 0.75 * std::min(disliked, 2);
}

}  // namespace throng::llm::mock
