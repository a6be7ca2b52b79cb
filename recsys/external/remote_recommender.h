#pragma once

#include <memory>

#include "recsys/external/remote_client.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// A recommender of one's own behind HTTP (docs/remote-recommender.md), for `throng rec`: `fit` sends the training data,
/// `rank` asks in batches and waits. (In runs its rankings go through the journal; see scenarios/run/remote_line.h.)
/// What goes wrong on the way or with an answer is a Failure(stopped).
class RemoteRecommender final : public Recommender {
 public:
  /// From the fields of RemoteOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit RemoteRecommender(remote::RemoteOptions options);
  ~RemoteRecommender() override;

  std::string_view name() const override { return "remote"; }
  Json options() const override { return remote_options_json(options_); }
  /// `input.dataset` is needed.
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override;
  Rankings rank(std::span<const RankingRequest> requests, std::size_t k) const override;

 private:
  class Connection;

  remote::RemoteOptions options_;
  std::unique_ptr<Connection> connection_;  ///< null before the first fit
};

}  // namespace throng
