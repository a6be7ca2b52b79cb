#include "agents/minds/statistical_parameters.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string fault(const char* object) {
  const auto read = read_statistical_parameters(Json::parse(object), "/mind/parameters");
  return read ? "" : read.error().message;
}

TEST(StatisticalParameters, WhatIsLeftOutHasItsDefault) {
  const StatisticalParameters read =
      read_statistical_parameters(Json::parse(R"({"exit_fatigue": 2, "exit_base": [-1, -2.5, 3]})"), "")
          .value();
  StatisticalParameters expected;
  expected.exit_fatigue = 2;
  expected.exit_base = {-1, -2.5, 3};
  expected.provenance = "not told";
  EXPECT_EQ(read, expected);
  EXPECT_EQ(read_statistical_parameters(Json::object(), "").value(), StatisticalParameters());
}

TEST(StatisticalParameters, AreWrittenAsTheyAreRead) {
  StatisticalParameters parameters;
  parameters.view_noise = 0.125;
  parameters.rating_noise = {0, 0.5, 1};
  parameters.align_position = {2.5, 0.5, 0};
  parameters.interview_cuts = {-4, -3, -2, -1, 0, 1, 2, 3, 4};
  parameters.provenance = "a guess";
  const Json written = to_json(parameters);
  EXPECT_EQ(read_statistical_parameters(written, "").value(), parameters);
  EXPECT_EQ(written.size(), statistical_parameters().size() + 1);
}

/// Every default lies within its bounds, and every number of the struct is in the table.
TEST(StatisticalParameters, TheTableHasThemAll) {
  std::size_t bytes = 0;
  for (const ParameterInfo& info : statistical_parameters()) {
    EXPECT_FALSE(info.meaning.empty()) << info.name;
    const StatisticalParameters parameters;
    bytes += std::visit([&](auto member) { return sizeof(parameters.*member); }, info.member);
  }
  EXPECT_EQ(fault(to_json(StatisticalParameters{}).dump().c_str()), "");
  EXPECT_EQ(bytes, sizeof(StatisticalParameters) - sizeof(std::string));
}

TEST(StatisticalParameters, FaultsNamePathValueAndWhatWasExpected) {
  EXPECT_THAT(fault(R"({"exit_fatige": 1})"),
              AllOf(HasSubstr("/mind/parameters/exit_fatige"), HasSubstr("exit_fatigue")));
  EXPECT_THAT(fault(R"({"exit_base": [1, 2]})"), AllOf(HasSubstr("/mind/parameters/exit_base: got [1,2]"),
                                                       HasSubstr("3 numbers from -100 to 100")));
  EXPECT_THAT(fault(R"({"exit_base": [1, 2, "x"]})"), HasSubstr("3 numbers"));
  EXPECT_THAT(fault(R"({"conformity_weight": [0, 0.5, 1.5]})"), HasSubstr("3 numbers from 0 to 1"));
  EXPECT_THAT(fault(R"({"exit_fatigue": [1, 2, 3]})"), HasSubstr("a number from -100 to 100"));
  EXPECT_THAT(fault(R"({"tired_after": 0})"), HasSubstr("from 0.1 to 1000"));
  EXPECT_THAT(fault(R"({"interview_cuts": [1, 2]})"),
              HasSubstr("an empty list or 9 numbers from -100 to 100"));
  EXPECT_THAT(fault(R"({"interview_cuts": [1, 2, 3, 4, 6, 5, 7, 8, 9]})"),
              AllOf(HasSubstr("/mind/parameters/interview_cuts"), HasSubstr("expected ascending numbers")));
  EXPECT_THAT(fault(R"({"align_position": [1, 50]})"), HasSubstr("1 to 100 numbers from -20 to 20"));
  EXPECT_THAT(fault(R"(["align_base"])"), HasSubstr("expected an object"));
}

}  // namespace
}  // namespace throng
