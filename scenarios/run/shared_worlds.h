#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/parallel.h"
#include "recsys/data/dataset.h"
#include "recsys/recommender/recommender.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// What the runs of a study have in common, made once by whichever needs it first: datasets, and what recommenders have learned
/// before the first round. Any thread; of several runs that are under way at once each is one of parallel_jobs.
class SharedWorlds {
 public:
  /// This run is to come.
  void expect(const Scenario& run);

  /// See load_pinned_dataset.
  std::shared_ptr<const Dataset> dataset(Scenario& scenario);

  using Fit = std::function<std::shared_ptr<Recommender>()>;
  /// The recommender of a scenario as it is before the first round: fitted by `fit`, or by that of a run that begins alike. It is
  /// kept until all that are expected have it. Null: no other is expected, and `fit` has been called for this run alone.
  std::shared_ptr<Recommender> first_fit(const Scenario& scenario, const Fit& fit);

 private:
  struct Loaded {
    std::shared_ptr<const Dataset> dataset;
    std::string digest;
    ProfileFiles profiles;
  };
  struct FirstFit {
    int expected = 0;
    int had = 0;
    MadeOnce once;
    std::shared_ptr<Recommender> fitted;
  };

  std::mutex mutex_;
  std::map<std::string, Loaded> datasets_;
  std::map<std::string, std::shared_ptr<FirstFit>> first_fits_;
};

}  // namespace throng
