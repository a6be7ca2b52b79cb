#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// Reads a file of rankings, best first: for each user of the dataset, in its order, the items.
///
/// CSV, with a header: `user,item` in the ids of the dataset, the rows of a user best first wherever they stand. With a
/// column `rank` (ascending) or `score` (descending; equal ones by item, in the dataset's order) that decides instead.
///
/// NPY (a name that ends in .npy): a little-endian integer array users x k in C order, row n for the n-th user of the
/// dataset's users.csv; its values are the places (from 0) of items in items.csv, and -1 after the last one.
///
/// Throws Failure(data) naming file, line or place, and what was expected: for unknown users and items, and an item
/// twice in one ranking.
std::vector<std::vector<ItemId>> read_rankings_file(const std::filesystem::path& file,
                                                    const Dataset& dataset);

struct PrecomputedOptions {
  std::string file;    ///< see `read_rankings_file`
  std::string digest;  ///< XXH3-128 of the file
};

/// Rankings that somebody else has computed, read from a file when it is fitted (which needs `FitInput::dataset`). It does not
/// learn. Excluded items are passed over; a ranking that has too few others is a Failure(data), never a
/// shorter one.
class Precomputed final : public Recommender {
 public:
  /// From {"file": ..., "digest": ...}; the digest may be left out, and is checked if it is not.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit Precomputed(PrecomputedOptions options) : options_(std::move(options)) {}

  std::string_view name() const override { return "rankings"; }
  Json options() const override {
    return {{"kind", "rankings"}, {"file", options_.file}, {"digest", options_.digest}};
  }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return items_; }
  Rankings rank(std::span<const RankingRequest> requests, std::size_t k) const override;

 private:
  PrecomputedOptions options_;
  std::vector<std::vector<ItemId>> rankings_;
  std::vector<std::string> users_;  ///< what they are called, for messages
  std::size_t items_ = 0;
};

}  // namespace throng
