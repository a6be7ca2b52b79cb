#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/recommender/recommender.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// What the runs of a study have in common, made once: datasets, and what recommenders have learned before the first round. One thread
/// at a time.
class SharedWorlds {
 public:
  /// Runs of these scenarios are to come, with the same seed: only what several of them have in common is kept.
  void expect(const std::vector<Scenario>& runs);

  /// See load_pinned_dataset.
  std::shared_ptr<const Dataset> dataset(Scenario& scenario);

  /// The fitted recommender of a scenario that begins alike; null: there was none yet.
  std::shared_ptr<Recommender> first_fit(const Scenario& scenario) const;
  /// Its recommender has been fitted for the first round, and is not fitted again.
  void keep_first_fit(const Scenario& scenario, std::shared_ptr<Recommender> fitted);

 private:
  struct Loaded {
    std::shared_ptr<const Dataset> dataset;
    std::string digest;
    ProfileFiles profiles;
  };
  std::map<std::string, Loaded> datasets_;
  std::set<std::string> wanted_;  ///< first fits that more than one run begins with
  std::map<std::string, std::shared_ptr<Recommender>> first_fits_;
};

}  // namespace throng
