#include "recsys/linalg/outer_products.h"

#include <gmock/gmock.h>

#include "engine/sim/random.h"

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

}  // namespace
}  // namespace throng
