#include "scenarios/run/shared_worlds.h"

#include "scenarios/run/run.h"

namespace throng {
namespace {

/// What the dataset of a scenario is made from.
std::string source_of(const Scenario& scenario) {
  return Json::array({scenario.dataset_path, scenario.profiles.personas, scenario.profiles.items,
                      scenario.profiles.leaves_out_unknown})
      .dump();
}

/// What the recommender learns before the first round, and with which luck. A model that goes on from what it knows later, or that is
/// asked elsewhere, is not shared: "".
std::string first_fit_of(const Scenario& scenario) {
  if (scenario.has_remote_recommender()) return "";
  if (scenario.retrain.learns && scenario.retrain.start == FitStart::warm) return "";
  const Json whole = resolved(scenario);
  return Json::array({source_of(scenario), whole["dataset"]["split"], whole["recommender"], scenario.seed})
      .dump();
}

}  // namespace

void SharedWorlds::expect(const Scenario& run) {
  const std::string key = first_fit_of(run);
  if (key.empty()) return;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<FirstFit>& first = first_fits_[key];
  if (!first) first = std::make_shared<FirstFit>();
  ++first->expected;
}

std::shared_ptr<const Dataset> SharedWorlds::dataset(Scenario& scenario) {
  const std::lock_guard lock(mutex_);
  const std::string source = source_of(scenario);
  const auto found = datasets_.find(source);
  const auto agree = [](const std::string& wanted, const std::string& there) {
    return wanted.empty() || wanted == there;
  };
  if (found != datasets_.end() && agree(scenario.dataset_digest, found->second.digest) &&
      agree(scenario.profiles.personas_digest, found->second.profiles.personas_digest) &&
      agree(scenario.profiles.items_digest, found->second.profiles.items_digest)) {
    scenario.dataset_digest = found->second.digest;
    scenario.profiles = found->second.profiles;
    return found->second.dataset;
  }
  auto dataset = std::make_shared<const Dataset>(load_pinned_dataset(scenario));
  datasets_[source] = {.dataset = dataset, .digest = scenario.dataset_digest, .profiles = scenario.profiles};
  return dataset;
}

std::shared_ptr<Recommender> SharedWorlds::first_fit(const Scenario& scenario, const Fit& fit) {
  const std::string key = first_fit_of(scenario);
  std::unique_lock lock(mutex_);
  const auto found = first_fits_.find(key);
  if (found == first_fits_.end() || found->second->expected < 2) {
    lock.unlock();
    fit();
    return nullptr;
  }
  const std::shared_ptr<FirstFit> first = found->second;
  lock.unlock();
  first->once.call([&] { first->fitted = fit(); });
  std::shared_ptr<Recommender> fitted = first->fitted;
  lock.lock();
  if (++first->had == first->expected) first_fits_.erase(key);
  return fitted;
}

}  // namespace throng
