#include "scenarios/validation/rating_baselines.h"

namespace throng {
namespace {

// Simon Funk's and Koren's shrinkage towards no bias; 5 to 25 make no difference that matters on MovieLens.
constexpr double kItemShrinkage = 10;
constexpr double kUserShrinkage = 5;

}  // namespace

RatingBiases::RatingBiases(const Interactions& train)
    : item_means_(train.num_items(), 0), items_(train.num_items(), 0), users_(train.num_users(), 0) {
  const std::vector<Interaction> rows = train.rows();
  const std::vector<std::uint32_t> counts = train.item_counts();
  for (const Interaction& row : rows)
    mean_ += static_cast<double>(row.rating) / static_cast<double>(rows.size());
  for (const Interaction& row : rows) {
    item_means_[index(row.item)] += static_cast<double>(row.rating) / counts[index(row.item)];
    items_[index(row.item)] +=
        (static_cast<double>(row.rating) - mean_) / (kItemShrinkage + counts[index(row.item)]);
  }
  for (std::size_t item = 0; item < counts.size(); ++item) {
    if (counts[item] == 0) item_means_[item] = mean_;
  }
  for (const Interaction& row : rows) {
    const auto count = static_cast<double>(train.items_of(row.user).size());
    users_[index(row.user)] +=
        (static_cast<double>(row.rating) - mean_ - items_[index(row.item)]) / (kUserShrinkage + count);
  }
}

}  // namespace throng
