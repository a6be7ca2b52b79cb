#include "recsys/models/ease.h"

#include <algorithm>

#include "engine/base/options_reader.h"
#include "engine/base/parallel.h"
#include "recsys/linalg/dense.h"
#include "recsys/linalg/score_block.h"
#include "recsys/linalg/sparse_rows.h"

namespace throng {
namespace {

constexpr std::size_t kItemsPerChunk = 16;

/// The lower triangle of X^T X + l2 I; the rest is 0. Exact below 2^24 users.
Eigen::MatrixXf regularized_gram(const Interactions& interactions, double l2) {
  const BothWays train = both_ways(interactions);
  const std::size_t items = interactions.num_items();
  Eigen::MatrixXf gram = Eigen::MatrixXf::Zero(items, items);
  parallel_for_chunks(items, kItemsPerChunk, [&](std::size_t item) {
    float* column = gram.col(static_cast<Eigen::Index>(item)).data();
    for (const UserId user : train.by_item.row(item)) {
      const std::span<const ItemId> row = train.by_user.row(index(user));
      for (auto other = std::ranges::lower_bound(row, ItemId(item)); other != row.end(); ++other)
        column[index(*other)] += 1;
    }
    column[item] += static_cast<float>(l2);
  });
  return gram;
}

}  // namespace

Result<std::unique_ptr<Recommender>> Ease::make(const Json& json) {
  EaseOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.number("l2", options.l2, {1e-3, 1e9});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<Ease>(options);
}

void Ease::fit(const FitInput& input, FitObserver& /*observer*/) {
  histories_ = Histories(input.train);
  weights_ = regularized_gram(input.train, options_.l2);
  invert_spd(weights_);
  const Eigen::VectorXf diagonal = weights_.diagonal();
  parallel_for_chunks(num_items(), kItemsPerChunk, [&](std::size_t n) {
    const auto item = static_cast<Eigen::Index>(n);
    weights_.col(item).array() /= -diagonal.array();
    weights_(item, item) = 0;
  });
}

void Ease::score(std::span<const Query> queries, ScoreBlock& scores) const {
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const std::span<float> row = scores.of(n);
    const std::span<const ItemId> history = histories_.of(queries[n]);
    if (history.empty()) {
      std::ranges::copy(histories_.popularity(), row.begin());
      continue;
    }
    Eigen::Map<Eigen::VectorXf> sums(row.data(), static_cast<Eigen::Index>(row.size()));
    sums.setZero();
    for (const ItemId item : history) sums += weights_.col(static_cast<Eigen::Index>(index(item)));
  }
}

void Ease::save(ModelWriter& out) const {
  histories_.save(out);
  out.matrix(weights_);
}

void Ease::load(ModelReader& in) {
  histories_ = Histories::load(in);
  weights_ = in.matrix();
  in.expect(static_cast<std::size_t>(weights_.rows()) == num_items() && weights_.rows() == weights_.cols(),
            "the weights do not fit the catalogue");
}

}  // namespace throng
