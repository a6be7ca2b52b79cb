#include "recsys/linalg/dense.h"

#include <Eigen/LU>
#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "engine/base/random.h"

namespace throng {
namespace {

struct ProductShape {
  Eigen::Index rows;
  Eigen::Index columns;
};

class OuterProducts : public ::testing::TestWithParam<ProductShape> {};

TEST_P(OuterProducts, AreAddedToTheLowerTriangle) {
  Eigen::MatrixXf columns(GetParam().rows, GetParam().columns);
  for (Eigen::Index i = 0; i < columns.size(); ++i) {
    const DrawAddress at{.agent = static_cast<std::uint32_t>(i)};
    columns.data()[i] = static_cast<float>(Draws(1).normal(Purpose("columns"), at));
  }
  Eigen::MatrixXf sum = 3 * Eigen::MatrixXf::Identity(GetParam().rows, GetParam().rows);
  add_outer_products(columns, sum);
  const Eigen::MatrixXd wide = columns.cast<double>();
  Eigen::MatrixXd expected = wide * wide.transpose();
  expected.diagonal().array() += 3;
  const Eigen::MatrixXd lower = sum.cast<double>().triangularView<Eigen::Lower>();
  const Eigen::MatrixXd expected_lower = expected.triangularView<Eigen::Lower>();
  EXPECT_LT((lower - expected_lower).cwiseAbs().maxCoeff(),
            1e-6 * static_cast<double>(10 + columns.cols()) * 10);
}

INSTANTIATE_TEST_SUITE_P(Shapes, OuterProducts,
                         ::testing::Values(ProductShape{8, 1}, ProductShape{8, 0}, ProductShape{16, 5},
                                           ProductShape{64, 130}, ProductShape{72, 300},
                                           ProductShape{128, 33}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.rows) + "x" +
                                  std::to_string(shape.param.columns);
                         });

/// R^T R + n I with random R, as the Gram matrix of data would be.
Eigen::MatrixXf positive_definite(Eigen::Index n) {
  Eigen::MatrixXf random(n, n);
  for (Eigen::Index i = 0; i < random.size(); ++i) {
    const DrawAddress at{.agent = static_cast<std::uint32_t>(i)};
    random.data()[i] = static_cast<float>(Draws(1).normal(Purpose("matrix"), at));
  }
  return random.transpose() * random + static_cast<float>(n) * Eigen::MatrixXf::Identity(n, n);
}

class InvertSpd : public ::testing::TestWithParam<Eigen::Index> {};

TEST_P(InvertSpd, IsTheInverseInDoubleReadingOneTriangleOnly) {
  const Eigen::MatrixXf matrix = positive_definite(GetParam());
  const Eigen::MatrixXd expected = matrix.cast<double>().inverse();
  Eigen::MatrixXf lower = matrix;
  lower.triangularView<Eigen::StrictlyUpper>().setConstant(77);
  invert_spd(lower);
  EXPECT_LT((lower.cast<double>() - expected).cwiseAbs().maxCoeff(), 2e-5 * expected.cwiseAbs().maxCoeff());
  EXPECT_EQ(lower, lower.transpose());
}

TEST_P(InvertSpd, HasTheSameBitsOnAnyNumberOfThreads) {
  Eigen::MatrixXf alone = positive_definite(GetParam());
  Eigen::MatrixXf together = alone;
  {
    const ThreadLimit limit(1);
    invert_spd(alone);
  }
  const ThreadLimit limit(2);
  invert_spd(together);
  EXPECT_EQ(alone, together);
}

INSTANTIATE_TEST_SUITE_P(Sizes, InvertSpd, ::testing::Values(1, 3, 256, 257, 700));

TEST(InvertSpd, RefusesWhatIsNotPositiveDefinite) {
  Eigen::MatrixXf matrix = -Eigen::MatrixXf::Identity(3, 3);
  EXPECT_THROW(invert_spd(matrix), std::domain_error);
}

}  // namespace

}  // namespace throng
