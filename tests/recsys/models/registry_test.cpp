#include "recsys/models/registry.h"

#include <gmock/gmock.h>

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
  for (const std::string& kind : recommender_kinds()) {
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

}  // namespace
}  // namespace throng
