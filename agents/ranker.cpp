#include "agents/ranker.h"

#include <chrono>
#include <utility>

#include "engine/base/log.h"
#include "recsys/models/registry.h"
#include "recsys/recommender/over_ranks.h"

namespace throng {
namespace {

class RankedBeforehand : public PartitionRankings {
 public:
  explicit RankedBeforehand(Rankings rankings) : rankings_(std::move(rankings)) {}

  Task<std::span<const ItemId>> rank(Actor& /*self*/, std::size_t session) override {
    co_return rankings_.of(session);
  }

 private:
  Rankings rankings_;
};

}  // namespace

void LocalRanker::fit(const FitInput& input, std::uint16_t round, FitObserver& observer) {
  const auto began = std::chrono::steady_clock::now();
  if (std::exchange(is_shared_, false)) recommender_ = make_recommender(recommender_->options()).value();
  fit_over_ranks(*recommender_, input, observer);
  log_event(LogLevel::info, "fit", round == 0 ? "fitted" : "fitted anew",
            {{"round", round + 1},
             {"interactions", input.train.size()},
             {"took", std::chrono::steady_clock::now() - began}});
}

std::unique_ptr<PartitionRankings> LocalRanker::for_partition(std::vector<RankingRequest> requests,
                                                              std::size_t k) const {
  return std::make_unique<RankedBeforehand>(recommender_->rank(requests, k));
}

}  // namespace throng
