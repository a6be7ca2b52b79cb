#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>

#include "engine/base/statistics.h"
#include "engine/ranks/packing.h"

namespace throng {
namespace {

double sum_of(const std::vector<double>& numbers) {
  ExactSum sum;
  for (const double number : numbers) sum.add(number);
  return sum.value();
}

TEST(ExactSum, DoesNotDependOnOrderOrGroups) {
  std::mt19937_64 random(7);
  std::vector<double> numbers(10'000);
  for (double& number : numbers)
    number = std::ldexp(std::uniform_real_distribution(-1.0, 1.0)(random), static_cast<int>(random() % 20));
  const double expected = sum_of(numbers);
  for (int trial = 0; trial < 5; ++trial) {
    std::ranges::shuffle(numbers, random);
    EXPECT_EQ(sum_of(numbers), expected);
    ExactSum first;
    ExactSum second;
    const std::size_t cut = random() % numbers.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) (i < cut ? first : second).add(numbers[i]);
    first.merge(second);
    EXPECT_EQ(first.value(), expected);
  }
}

TEST(ExactSum, IsTheExactOneRounded) {
  // 1 + 2^-60 - 1: doubles added one after the other lose the small one.
  EXPECT_EQ(sum_of({1, 0x1p-60, -1}), 0x1p-60);
  EXPECT_EQ(sum_of(std::vector<double>(10, 0.1)), 1.0);  // ten times the double next to 0.1 is next to 1
  EXPECT_EQ(sum_of({}), 0);
  EXPECT_EQ(sum_of({0x1p46, 0.25, -0x1p46}), 0.25);
}

TEST(ExactSum, CutsOffWhatIsBelowItsLastBit) {
  for (int exponent = -1080; exponent <= 46; ++exponent) {
    for (const double number : {1.0, -1.0, 1.75, 0x1.fffffffffffffp0, -0x1.23456789abcdep0}) {
      const double scaled = std::ldexp(number, exponent);
      EXPECT_EQ(sum_of({scaled}), std::ldexp(std::trunc(std::ldexp(scaled, 80)), -80)) << scaled;
    }
  }
  EXPECT_EQ(sum_of({0.0, -0.0}), 0);
}

TEST(ExactSum, IsPackedWhole) {
  ExactSum sum;
  sum.add(-0x1p40);
  sum.add(0x1p-70);
  ExactSum other = unpack<ExactSum>(pack(sum));
  other.add(0x1p40);
  EXPECT_EQ(other.value(), 0x1p-70);
}

}  // namespace
}  // namespace throng
