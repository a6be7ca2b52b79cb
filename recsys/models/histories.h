#pragma once

#include <span>
#include <vector>

#include "recsys/linalg/sparse_rows.h"
#include "recsys/recommender/model_file.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// What models that score a history as such keep of the training data: the items of each user, and how many
/// users each item has, by which they score for a user without items.
class Histories {
 public:
  Histories() = default;
  explicit Histories(const Interactions& train) : items_(items_by_user(train)) {
    for (const std::uint32_t count : train.item_counts()) popularity_.push_back(static_cast<float>(count));
  }

  std::size_t num_items() const { return popularity_.size(); }
  std::span<const float> popularity() const { return popularity_; }
  std::span<const ItemId> of(const Query& query) const {
    return query.user ? items_.row(index(*query.user)) : query.history;
  }

  void save(ModelWriter& out) const {
    out.array<float>(popularity_);
    out.sparse(items_);
  }
  static Histories load(ModelReader& in) {
    Histories histories;
    histories.popularity_ = in.array<float>();
    histories.items_ = in.sparse<ItemId>(histories.popularity_.size());
    return histories;
  }

 private:
  std::vector<float> popularity_;
  SparseRows<ItemId> items_;
};

}  // namespace throng
