#include "engine/base/options_reader.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

struct Options {
  int count = 3;
  double share = 0.5;
  bool fast = false;
  std::string name = "x";
  std::string mode = "slow";
};

Result<Options> read(const Json& object) {
  Options options;
  OptionsReader reader(object, "/thing");
  reader.integer("count", options.count, {1, 10});
  reader.number("share", options.share, {0, 1});
  reader.boolean("fast", options.fast);
  reader.text("name", options.name);
  reader.choice("mode", options.mode, {"slow", "quick"});
  if (const Result<void> done = reader.finish(); !done) return done.error();
  return options;
}

TEST(OptionsReader, ReadsWhatIsGivenAndKeepsTheRest) {
  const Options options = read({{"count", 10}, {"share", 1}, {"fast", true}, {"mode", "quick"}}).value();
  EXPECT_EQ(options.count, 10);
  EXPECT_EQ(options.share, 1);
  EXPECT_TRUE(options.fast);
  EXPECT_EQ(options.name, "x");
  EXPECT_EQ(options.mode, "quick");
}

TEST(OptionsReader, RejectsValuesWithPathValueAndExpectation) {
  const auto message = [](const Json& object) { return read(object).error().message; };
  EXPECT_EQ(message({{"count", 11}}), "/thing/count: got 11, expected an integer from 1 to 10");
  EXPECT_EQ(message({{"count", 1e300}}), "/thing/count: got 1e+300, expected an integer from 1 to 10");
  EXPECT_EQ(message({{"count", 18446744073709551615U}}),
            "/thing/count: got 18446744073709551615, expected an integer from 1 to 10");
  EXPECT_EQ(message({{"share", -0.1}}), "/thing/share: got -0.1, expected a number from 0 to 1");
  EXPECT_EQ(message({{"fast", 1}}), "/thing/fast: got 1, expected true or false");
  EXPECT_EQ(message({{"name", nullptr}}), "/thing/name: got null, expected a string");
  EXPECT_EQ(message({{"mode", "quik"}}),
            "/thing/mode: got \"quik\", expected one of slow, quick; did you mean \"quick\"?");
  EXPECT_EQ(message(Json::array()), "/thing: got [], expected an object");
}

TEST(OptionsReader, ReadsOneIntegerOrSeveral) {
  const auto read_places = [](const Json& object) -> Result<std::vector<int>> {
    std::vector<int> places{7};
    OptionsReader reader(object);
    reader.integers("places", places, {1, 10});
    if (const Result<void> done = reader.finish(); !done) return done.error();
    return places;
  };
  EXPECT_EQ(read_places(Json::object()).value(), std::vector{7});
  EXPECT_EQ(read_places({{"places", 2}}).value(), std::vector{2});
  EXPECT_EQ(read_places({{"places", {1, 3, 10}}}).value(), (std::vector{1, 3, 10}));
  EXPECT_EQ(read_places({{"places", {3, 1}}}).error().message,
            "/places: got [3,1], expected an integer from 1 to 10, or several, ascending");
  for (const char* wrong : {"0", "[]", "[1, 1]", "[1, 11]", "[[1]]", "\"1\""})
    EXPECT_FALSE(read_places({{"places", Json::parse(wrong)}})) << wrong;
}

TEST(OptionsReader, RejectsUnknownKeys) {
  EXPECT_THAT(read({{"cuont", 1}}).error().message, HasSubstr("did you mean \"count\"?"));
  EXPECT_THAT(read({{"zebra", 1}}).error().message, HasSubstr("there are count, share, fast, name, mode"));
}

TEST(ClosestWord, FindsNearMissesOnly) {
  EXPECT_THAT(closest_word("factor", {"l2", "factors"}), Optional(std::string("factors")));
  EXPECT_THAT(closest_word("fi", {"l2", "if"}), Optional(std::string("if")));  // a swap is one slip
  EXPECT_EQ(closest_word("zebra", {"l2", "factors"}), std::nullopt);
  EXPECT_EQ(closest_word("x", {}), std::nullopt);
}

}  // namespace
}  // namespace throng
