#pragma once

#include <string>
#include <vector>

#include "recsys/models/recommender.h"

namespace throng {

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
