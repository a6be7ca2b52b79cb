// Titles as other hands write them, on pages of real titles: each variation names its own title, or is reported as
// ambiguous where the page holds a namesake; never another one.
#include "tests/agents/minds/reading/title_variations.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agents/minds/reading/title_match.h"
#include "agents/minds/reading/title_text.h"
#include "engine/base/random.h"
#include "recsys/data/demo_world.h"
#include "recsys/import/import.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

struct Tally {
  std::size_t named = 0;
  std::size_t ambiguous = 0;
  std::vector<std::string> wrong;
};

/// Whether `text` may mean several items for a good reason: they are called the same but for what stands in brackets.
bool are_namesakes(const std::vector<std::string>& page, const std::vector<std::size_t>& positions) {
  return std::ranges::all_of(positions, [&](std::size_t position) {
    return before_brackets(page[position]) == before_brackets(page[positions.front()]);
  });
}

void try_title(const std::vector<std::string>& page, const TitleMatcher& matcher, std::size_t position,
               Tally& tally) {
  for (const auto& [how, text] : variations_of(page[position])) {
    const std::vector<std::size_t> found = matcher.match(text);
    if (found == std::vector{position}) {
      ++tally.named;
    } else if (std::ranges::find(found, position) != found.end() && are_namesakes(page, found)) {
      ++tally.ambiguous;
    } else {
      tally.wrong.push_back(fmt::format("{} ({}): {} -> {}", page[position], how, text,
                                        found.empty() ? "nothing" : page[found.front()]));
    }
  }
}

void try_page(const std::vector<std::string>& page, Tally& tally) {
  const TitleMatcher matcher(page);
  for (std::size_t position = 0; position < page.size(); ++position)
    try_title(page, matcher, position, tally);
}

std::vector<std::string> titles_of(const Catalogue& catalogue) {
  std::vector<std::string> titles;
  for (const Item& item : catalogue.items) titles.push_back(item.title);
  return titles;
}

/// Pages of 4 to 20 titles each in random order, so that every title is on one.
Tally try_random_pages(const std::vector<std::string>& titles, std::uint64_t seed) {
  std::vector<std::uint32_t> order(titles.size());
  Draws(seed).permutation(order, Purpose("test/pages"), {});
  Tally tally;
  std::size_t size = 4;
  for (std::size_t start = 0; start < order.size(); start += size, size = 4 + (size - 3) % 17) {
    std::vector<std::string> page;
    for (std::size_t i = start; i < std::min(start + size, order.size()); ++i)
      page.push_back(titles[order[i]]);
    try_page(page, tally);
  }
  return tally;
}

TEST(TitleVariations, OfTheDemoWorld) {
  const std::vector<std::string> titles = titles_of(make_demo_world().catalogue);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Tally tally = try_random_pages(titles, seed);
    EXPECT_GT(tally.named, 5000U);
    EXPECT_THAT(tally.wrong, ::testing::IsEmpty());
  }
  Tally one_page;
  try_page(titles, one_page);
  EXPECT_THAT(one_page.wrong, ::testing::IsEmpty());
}

TEST(TitleVariations, OfRealTitles) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  const std::vector<std::string> titles =
      titles_of(import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset.catalogue);
  ASSERT_EQ(titles.size(), 3292U);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Tally tally = try_random_pages(titles, seed);
    EXPECT_GT(tally.named, 70'000U);
    EXPECT_LT(tally.ambiguous, 100U);
    EXPECT_THAT(tally.wrong, ::testing::IsEmpty());
  }
}

/// A page of the whole catalogue is the hardest one there is.
TEST(TitleVariations, OfRealTitlesAllAtOnce) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  const std::vector<std::string> titles =
      titles_of(import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset.catalogue);
  Tally tally;
  const TitleMatcher matcher(titles);
  constexpr std::size_t step = 7;
  for (std::size_t position = 0; position < titles.size(); position += step)
    try_title(titles, matcher, position, tally);
  EXPECT_THAT(tally.wrong, ::testing::IsEmpty());
}

}  // namespace
}  // namespace throng
