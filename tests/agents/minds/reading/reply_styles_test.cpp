// The same opinions written in every style, with titles in every hand, are the same reading.
#include "tests/agents/minds/reading/reply_styles.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/reading/title_match.h"
#include "engine/base/random.h"
#include "recsys/data/demo_world.h"
#include "recsys/import/import.h"
#include "tests/agents/minds/reading/title_variations.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

constexpr std::size_t kItems = 5;

/// Random pages, opinions and ways to write titles.
class Pages {
 public:
  Pages(const Catalogue& catalogue, std::uint64_t seed) : catalogue_(catalogue), draws_(seed) {}

  std::vector<std::string> titles(std::uint32_t page) const {
    std::vector<std::string> titles;
    for (std::uint32_t i = 0; i < kItems; ++i) {
      titles.push_back(catalogue_.items[draw(catalogue_.size(), page, i, "test/item")].title);
    }
    return titles;
  }

  /// Written so that a reader who looks for words instead of labels is led astray.
  std::vector<Opinion> opinions(std::uint32_t page, std::uint32_t style,
                                const std::vector<std::string>& titles) const {
    const TitleMatcher matcher(titles);
    std::vector<Opinion> opinions;
    for (std::uint32_t i = 0; i < titles.size(); ++i) {
      const std::vector<TitleVariation> variations = variations_of(titles[i]);
      Opinion opinion{.title = variations[draw(variations.size(), page, 100 * style + i, "test/title")].text,
                      .aligned = draw(2, page, i, "test/align") == 0};
      opinion.reason = fmt::format("unlike {}, no film of 1995; my rating would be {}",
                                   titles[(i + 1) % kItems], 1 + draw(5, page, i, "test/decoy"));
      opinion.feeling =
          fmt::format("yes: better than {} (5 of 5), for one reason: it is short", titles[(i + 2) % kItems]);
      if (draw(2, page, i, "test/view") == 0)
        opinion.rating = 1 + static_cast<int>(draw(5, page, i, "test/rating"));
      opinions.push_back(std::move(opinion));
    }
    return opinions;
  }

 private:
  std::size_t draw(std::size_t bound, std::uint32_t page, std::uint32_t item, const char* purpose) const {
    return draws_.below(bound, Purpose(purpose), {.agent = page, .item = item});
  }

  const Catalogue& catalogue_;
  Draws draws_;
};

void expect_reading(const std::string& reply, const std::vector<std::string>& titles,
                    const std::vector<Opinion>& opinions) {
  const PageReading page = read_reaction(reply, titles);
  EXPECT_THAT(page.problems, ::testing::IsEmpty());
  for (std::size_t i = 0; i < titles.size(); ++i) {
    EXPECT_EQ(page.items[i].aligned, opinions[i].aligned) << titles[i];
    EXPECT_EQ(page.items[i].rating, opinions[i].rating) << titles[i];
    EXPECT_EQ(page.items[i].chosen, opinions[i].rating.has_value()) << titles[i];
    EXPECT_THAT(page.items[i].reason, ::testing::StartsWith(opinions[i].reason));
    const std::string feeling = opinions[i].rating ? opinions[i].feeling : "";
    EXPECT_THAT(page.items[i].feeling, ::testing::StartsWith(feeling));
  }
}

void expect_same_readings(const Catalogue& catalogue, std::uint32_t pages) {
  const Pages world(catalogue, 7);
  std::size_t read = 0;
  for (std::uint32_t page = 0; page < pages; ++page) {
    const std::vector<std::string> titles = world.titles(page);
    const TitleMatcher matcher(titles);
    for (std::uint32_t style = 0; style < reply_styles().size(); ++style) {
      const std::vector<Opinion> opinions = world.opinions(page, style, titles);
      const bool has_namesakes = std::ranges::any_of(
          opinions, [&](const Opinion& opinion) { return matcher.match(opinion.title).size() != 1; });
      if (has_namesakes) continue;
      const std::string reply = reply_styles()[style].write(opinions);
      SCOPED_TRACE(fmt::format("{}:\n{}", reply_styles()[style].name, reply));
      expect_reading(reply, titles, opinions);
      ++read;
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(read, pages * reply_styles().size() * 95 / 100);
}

TEST(ReplyStyles, OfTheDemoWorld) { expect_same_readings(make_demo_world().catalogue, 200); }

TEST(ReplyStyles, OfRealTitles) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  expect_same_readings(import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset.catalogue, 500);
}

}  // namespace
}  // namespace throng
