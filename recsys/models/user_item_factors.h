#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/random.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/model_file.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// A vector for every user and item: what factor models learn.
struct UserItemFactors {
  FactorMatrix users;
  FactorMatrix items;
};

/// Normally distributed factors with mean 0, a pure function of the draws, row and column.
FactorMatrix normal_factors(std::size_t rows, std::size_t factors, double deviation, const Draws& draws,
                            Purpose purpose);

/// Replaces initial factors by those of an earlier fit, if it was on the same catalogue; users may have been
/// added at the end.
void take_over(const UserItemFactors& earlier, UserItemFactors& initial);

/// One row: the mean of the rows `of`; zero if there are none.
FactorMatrix mean_of_rows(const FactorMatrix& factors, std::span<const UserId> of);

/// Scores by the inner product of user and item factors. A user that was not trained has the mean of those
/// that were, and so has an unseen one without a history.
class UserScorer {
 public:
  UserScorer() = default;
  /// Gives the rows of `factors.users` that are not in `trained` (ascending) the mean of those that are.
  UserScorer(UserItemFactors& factors, std::span<const UserId> trained);

  /// `fold_in(history, row)` turns a history into factors; `row` is the mean user before.
  template <class FoldIn>
  void score(const FactorMatrix& users, std::span<const Query> queries, const FoldIn& fold_in,
             ScoreBlock& scores) const {
    FactorMatrix folded_in(ScoreBlock::kQueries, users.factors());
    std::array<std::span<const float>, ScoreBlock::kQueries> rows;
    for (std::size_t n = 0; n < queries.size(); ++n) {
      if (queries[n].user) {
        rows[n] = users.row(index(*queries[n].user));
      } else {
        const std::span<float> row = folded_in.row(n);
        std::ranges::copy(mean_user_.row(0), row.begin());
        if (!queries[n].history.empty()) fold_in(queries[n].history, row);
        rows[n] = row;
      }
    }
    items_.score({rows.data(), queries.size()}, scores);
  }

  void save(ModelWriter& out) const { out.factors(mean_user_); }
  /// `factors`: as they were saved with it.
  static UserScorer load(ModelReader& in, const UserItemFactors& factors);

 private:
  FactorMatrix mean_user_;  ///< one row
  FactorScorer items_;
};

void save_factors(const UserItemFactors& factors, ModelWriter& out);
UserItemFactors load_factors(ModelReader& in);

}  // namespace throng
