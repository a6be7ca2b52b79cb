#include "recsys/linalg/factor_scores.h"

#include <algorithm>

namespace throng {
namespace {

constexpr std::ptrdiff_t kLevel1Bytes = 32 << 10;
constexpr std::ptrdiff_t kLevel2Bytes = 512 << 10;
constexpr std::ptrdiff_t kLevel3Bytes = 4 << 20;

}  // namespace

void pin_eigen_blocking() {
  [[maybe_unused]] static const bool pinned = [] {
    Eigen::setCpuCacheSizes(kLevel1Bytes, kLevel2Bytes, kLevel3Bytes);
    return true;
  }();
}

FactorScorer::FactorScorer(const FactorMatrix& items)
    : items_(Eigen::MatrixXf::Zero(ScoreBlock::padded(items.rows()),
                                   static_cast<Eigen::Index>(items.stride()))) {
  pin_eigen_blocking();
  for (std::size_t item = 0; item < items.rows(); ++item) {
    const std::span<const float> row = items.row(item);
    for (std::size_t f = 0; f < row.size(); ++f) {
      items_(static_cast<Eigen::Index>(item), static_cast<Eigen::Index>(f)) = row[f];
    }
  }
}

void FactorScorer::score(std::span<const std::span<const float>> users, ScoreBlock& scores) const {
  Eigen::Matrix<float, Eigen::Dynamic, ScoreBlock::kQueries> block(items_.cols(), ScoreBlock::kQueries);
  block.setZero();
  for (std::size_t user = 0; user < users.size(); ++user) {
    std::ranges::copy(users[user], block.col(static_cast<Eigen::Index>(user)).data());
  }
  scores.matrix().noalias() = items_ * block;
}

}  // namespace throng
