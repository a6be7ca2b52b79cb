#include "recsys/models/user_item_factors.h"

#include <algorithm>

#include "engine/base/parallel.h"

namespace throng {
namespace {

void copy_rows(const FactorMatrix& from, FactorMatrix& to) {
  for (std::size_t row = 0; row < from.rows(); ++row) std::ranges::copy(from.row(row), to.row(row).begin());
}

}  // namespace

FactorMatrix normal_factors(std::size_t rows, std::size_t factors, double deviation, const Draws& draws,
                            Purpose purpose) {
  FactorMatrix matrix(rows, factors);
  parallel_for_chunks(rows, kRowsPerChunk, [&](std::size_t row) {
    for (std::uint32_t f = 0; f < matrix.factors(); ++f) {
      const double normal = draws.normal(purpose, {.agent = static_cast<std::uint32_t>(row), .item = f});
      matrix.row(row)[f] = static_cast<float>(deviation * normal);
    }
  });
  return matrix;
}

void take_over(const UserItemFactors& earlier, UserItemFactors& initial) {
  if (earlier.items.rows() != initial.items.rows() || earlier.users.rows() > initial.users.rows()) return;
  copy_rows(earlier.items, initial.items);
  copy_rows(earlier.users, initial.users);
}

FactorMatrix mean_of_rows(const FactorMatrix& factors, std::span<const UserId> of) {
  std::vector<double> sums(factors.stride(), 0);
  for (const UserId user : of) {
    const std::span<const float> row = factors.row(index(user));
    for (std::size_t f = 0; f < sums.size(); ++f) sums[f] += row[f];
  }
  FactorMatrix mean(1, factors.factors());
  const auto count = static_cast<double>(std::max<std::size_t>(1, of.size()));
  std::ranges::transform(sums, mean.row(0).begin(),
                         [&](double sum) { return static_cast<float>(sum / count); });
  return mean;
}

UserScorer::UserScorer(UserItemFactors& factors, std::span<const UserId> trained)
    : mean_user_(mean_of_rows(factors.users, trained)), items_(factors.items) {
  for (std::uint32_t n = 0; n < factors.users.rows(); ++n) {
    if (std::ranges::binary_search(trained, UserId{n})) continue;
    std::ranges::copy(mean_user_.row(0), factors.users.row(n).begin());
  }
}

UserScorer UserScorer::load(ModelReader& in, const UserItemFactors& factors) {
  UserScorer scorer;
  scorer.mean_user_ = in.factors();
  in.expect(scorer.mean_user_.rows() == 1 && scorer.mean_user_.factors() == factors.items.factors(),
            "the mean user does not fit the items");
  scorer.items_ = FactorScorer(factors.items);
  return scorer;
}

void save_factors(const UserItemFactors& factors, ModelWriter& out) {
  out.factors(factors.users);
  out.factors(factors.items);
}

UserItemFactors load_factors(ModelReader& in) {
  UserItemFactors factors{.users = in.factors(), .items = in.factors()};
  in.expect(factors.users.factors() == factors.items.factors(), "users and items have different factors");
  return factors;
}

}  // namespace throng
