#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace throng {

// How far two descriptions of the same things agree.

/// What a yes-or-no answer and the truth have in common, case by case.
struct Confusion {
  std::size_t true_positives = 0;
  std::size_t false_positives = 0;
  std::size_t false_negatives = 0;
  std::size_t true_negatives = 0;

  void add(bool answer, bool truth);
  std::size_t cases() const { return true_positives + false_positives + false_negatives + true_negatives; }
  double accuracy() const;   ///< 0 for no cases
  double precision() const;  ///< 0 if nothing was answered with yes
  double recall() const;     ///< 0 if yes was never true
  double f1() const;         ///< 2 precision recall / (precision + recall); 0 without a true positive
  /// Cohen's kappa (1960): (accuracy - expected) / (1 - expected), expected: that of independent answers with the same numbers
  /// of yes. None where that is 1, for answers that never vary.
  std::optional<double> kappa() const;
};

/// The area under the ROC curve: the share of pairs of a true and a false case in which the true one has the greater score, equal
/// scores counting half (Mann-Whitney). None if the truth is always the same. Both of the same length.
std::optional<double> area_under_roc(std::span<const double> scores, const std::vector<bool>& truth);

/// Kendall's tau-b (1945) of two rankings of the same things, given as values: pairs in the same order less pairs in opposite
/// order, over the geometric mean of the pairs that each does not tie. None if one of them ties all. Both of the same length.
std::optional<double> kendall_tau(std::span<const double> a, std::span<const double> b);

/// Jensen-Shannon divergence in nats, 0 .. ln 2, of two distributions over the same kinds, given as counts or weights that are
/// not negative; the shorter one has zeros at its end. None if one has no weight at all.
std::optional<double> jensen_shannon(std::span<const double> a, std::span<const double> b);

/// The first Wasserstein distance of two samples of numbers: the area between their distribution functions. None if one is empty.
std::optional<double> wasserstein(std::vector<double> a, std::vector<double> b);

}  // namespace throng
