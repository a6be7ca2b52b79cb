#include "recsys/models/registry.h"

#include <gmock/gmock.h>

#include "recsys/linalg/score_block.h"
#include "tests/support/recommender_kinds.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of(const Json& options) {
  const auto made = make_recommender(options);
  if (made) return "no error";
  EXPECT_EQ(made.error().kind, ErrorKind::usage);
  return made.error().message;
}

TEST(Registry, MakesEveryKindWithItsDefaults) {
  for (const std::string& kind : testing::scoring_kinds()) {
    EXPECT_EQ(make_recommender({{"kind", kind}}).value()->name(), kind);
  }
}

TEST(Registry, TakesOptions) {
  EXPECT_TRUE(make_recommender({{"kind", "mf"}, {"factors", 8}, {"learning_rate", 0.01}}));
}

TEST(Registry, SaysWhatIsWrongWithAnOption) {
  EXPECT_EQ(error_of({{"kind", "mf"}, {"factors", 0}}),
            "/factors: got 0, expected an integer from 1 to 4096");
  EXPECT_THAT(error_of({{"kind", "mf"}, {"factors", 2.5}}), HasSubstr("/factors: got 2.5"));
  EXPECT_THAT(error_of({{"kind", "mf"}, {"l2", "much"}}), HasSubstr("/l2: got \"much\", expected a number"));
}

TEST(Registry, NamesTheOptionThatWasMeant) {
  EXPECT_THAT(error_of({{"kind", "mf"}, {"factor", 8}}),
              AllOf(HasSubstr("/factor: "), HasSubstr("did you mean \"factors\"?")));
  EXPECT_THAT(error_of({{"kind", "popularity"}, {"factors", 8}}), HasSubstr("/factors: "));
  EXPECT_THAT(error_of({{"kind", "popularty"}}), HasSubstr("did you mean \"popularity\"?"));
}

TEST(Registry, AsksForTheKind) {
  EXPECT_THAT(error_of(Json::object()), HasSubstr("/kind: missing"));
  EXPECT_THAT(error_of("mf"), HasSubstr("expected an object"));
}

TEST(Registry, TakesARecommenderFromOutside) {
  class Mine final : public ScoringRecommender {
   public:
    std::string_view name() const override { return "mine"; }
    Json options() const override { return {{"kind", "mine"}}; }
    void fit(const FitInput& input, FitObserver& /*observer*/) override { items_ = input.train.num_items(); }
    std::size_t num_items() const override { return items_; }
    void score(std::span<const Query> queries, ScoreBlock& scores) const override {
      for (std::size_t n = 0; n < queries.size(); ++n) std::ranges::fill(scores.of(n), 0.0F);
    }

   private:
    std::size_t items_ = 0;
  };
  const auto make = [](const Json&) -> Result<std::unique_ptr<Recommender>> {
    return std::make_unique<Mine>();
  };
  register_recommender("mine", make);
  EXPECT_EQ(make_recommender({{"kind", "mine"}}).value()->name(), "mine");
  EXPECT_THROW(register_recommender("mine", make), Failure);
  EXPECT_THROW(register_recommender("mf", make), Failure);
}

}  // namespace
}  // namespace throng
