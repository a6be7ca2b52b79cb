#include "recsys/recommender/rank_load.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/base/parallel.h"
#include "recsys/recommender/recommender.h"

namespace throng {
namespace {

using Clock = std::chrono::steady_clock;

/// The batches of all callers.
class Load {
 public:
  Load(const Recommender& recommender, const Interactions& train, const RankLoad& load)
      : recommender_(recommender), train_(train), load_(load) {}

  RankLoadResult run() {
    const ThreadLimit own_thread_only(1);
    const Clock::time_point begin = Clock::now();
    std::vector<std::thread> callers;
    for (std::size_t n = 0; n < load_.callers; ++n) callers.emplace_back([&] { call(begin); });
    for (std::thread& caller : callers) caller.join();
    if (failure_) std::rethrow_exception(failure_);
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    std::ranges::sort(latencies_ms_);
    const std::size_t rankings = latencies_ms_.size() * load_.batch;
    return {.rankings = rankings,
            .seconds = elapsed.count(),
            .rankings_per_second = static_cast<double>(rankings) / elapsed.count(),
            .median_ms = nearest_rank(latencies_ms_, 50),
            .p95_ms = nearest_rank(latencies_ms_, 95),
            .p99_ms = nearest_rank(latencies_ms_, 99),
            .max_ms = latencies_ms_.back()};
  }

 private:
  void call(Clock::time_point begin) {
    std::vector<double> latencies;
    try {
      do {
        const std::vector<RankingRequest> requests = next_batch();
        const Clock::time_point start = Clock::now();
        recommender_.rank(requests, load_.k);
        latencies.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
      } while (Clock::now() - begin < load_.duration);
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    latencies_ms_.insert(latencies_ms_.end(), latencies.begin(), latencies.end());
  }

  std::vector<RankingRequest> next_batch() {
    const std::size_t first = next_user_.fetch_add(load_.batch);
    std::vector<RankingRequest> requests;
    for (std::size_t n = 0; n < load_.batch; ++n) {
      const UserId user{static_cast<std::uint32_t>((first + n) % train_.num_users())};
      requests.push_back({.query = {.user = user}, .excluded = {train_.items_of(user)}});
    }
    return requests;
  }

  const Recommender& recommender_;
  const Interactions& train_;
  const RankLoad& load_;
  std::atomic<std::size_t> next_user_{0};
  std::mutex mutex_;
  std::vector<double> latencies_ms_;
  std::exception_ptr failure_;
};

}  // namespace

double nearest_rank(std::span<const double> ascending, double percent) {
  const auto rank =
      static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(ascending.size())));
  return ascending[std::max<std::size_t>(1, rank) - 1];
}

RankLoadResult measure_rank_load(const Recommender& recommender, const Interactions& train,
                                 const RankLoad& load) {
  return Load(recommender, train, load).run();
}

}  // namespace throng
