#include "recsys/linalg/adam.h"

#include <cmath>

#include <gmock/gmock.h>

#include "recsys/linalg/sparse_rows.h"

namespace throng {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(RowAdam, FollowsThePublishedAlgorithm) {
  constexpr double rate = 0.1;
  RowAdam adam(1, 2, {.learning_rate = 0.1F});
  FactorMatrix parameters(1, 2);
  FactorMatrix gradients(1, 2);
  double m = 0;
  double v = 0;
  double expected = 0;
  for (int step = 1; step <= 5; ++step) {
    const double g = std::sin(step);
    gradients.row(0)[0] = static_cast<float>(g);
    adam.next_step();
    adam.update(0, gradients.row(0), parameters.row(0));
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    expected -= rate * (m / (1 - std::pow(0.9, step))) / (std::sqrt(v / (1 - std::pow(0.999, step))) + 1e-8);
    EXPECT_NEAR(parameters.row(0)[0], expected, 1e-5) << step;
  }
  EXPECT_THAT(parameters.row(0).subspan(1), Each(0.0F)) << "without a gradient nothing moves";
}

TEST(RowGroups, GathersEntriesByRowInTheirOrder) {
  RowGroups groups(5);
  for (int use = 0; use < 2; ++use) {  // the buffers are reused
    groups.group(std::vector<std::uint32_t>{3, 1, 3, 4, 1, 3});
    EXPECT_THAT(groups.rows(), ElementsAre(3, 1, 4));
    EXPECT_THAT(groups.entries(0), ElementsAre(0, 2, 5));
    EXPECT_THAT(groups.entries(1), ElementsAre(1, 4));
    EXPECT_THAT(groups.entries(2), ElementsAre(3));
  }
}

}  // namespace
}  // namespace throng
