#include "scenarios/validation/taste_task.h"

#include <array>
#include <functional>
#include <memory>

#include <fmt/format.h>

#include "agents/calibration/agreement.h"
#include "scenarios/validation/taste_scores.h"

namespace throng {
namespace {

/// EASE keeps a matrix of items x items: 3.6 GB at this size.
constexpr std::size_t kMostEaseItems = 30'000;

/// Who answers, agent by agent.
class Marks {
 public:
  void add(const std::vector<bool>& answers, std::span<const double> scores,
           const std::vector<bool>& held_out) {
    Confusion page;
    for (std::size_t i = 0; i < answers.size(); ++i) page.add(answers[i], held_out[i]);
    const std::array values{page.accuracy(), page.precision(), page.recall(), page.f1(),
                            area_under_roc(scores, held_out).value_or(0.5)};
    for (std::size_t metric = 0; metric < values.size(); ++metric) values_[metric].push_back(values[metric]);
  }

  void add_figures(const TasteSetting& setting, const std::string& who, std::vector<Figure>& figures) const {
    constexpr std::array names{"accuracy", "precision", "recall", "f1", "auc"};
    for (std::size_t metric = 0; metric < names.size(); ++metric) {
      figures.push_back(
          mean_figure({.task = "taste", .setting = setting.name(), .metric = names[metric], .who = who},
                      values_[metric]));
    }
  }

 private:
  std::array<std::vector<double>, 5> values_;  ///< per agent
};

/// Something that scores items: a baseline once it has a threshold.
struct Scorer {
  std::string name;
  std::function<PageScores(std::span<const TastePage>)> scores;
};

class TasteTask {
 public:
  TasteTask(TrainingWorld& world, const Asking& asking) : world_(world), asking_(asking) {}

  void add_baselines(const std::vector<std::string>& models, FitObserver& observer) {
    scorers_.push_back({"popularity", [this](std::span<const TastePage> pages) {
                          return popularity_scores(world_, pages);
                        }});
    for (const std::string& kind : models) {
      if (kind == "popularity") continue;
      if (kind == "ease" && world_.catalogue().size() > kMostEaseItems) {
        result_.notes.push_back(
            fmt::format("taste: EASE is left out, its matrix of {} x {} items is too large",
                        world_.catalogue().size(), world_.catalogue().size()));
        continue;
      }
      add_model(kind, observer);
    }
  }

  void run(const TasteSetting& setting, SplitPart part) {
    const std::vector<TastePage> chosen_on = taste_pages(world_, setting, SplitPart::validation);
    std::vector<TastePage> pages = taste_pages(world_, setting, part);
    if (chosen_on.empty() || pages.empty()) {
      result_.notes.push_back(fmt::format(
          "taste: {} is left out, no agent has {} items in {}", setting.name(), setting.held_out(),
          chosen_on.empty() ? "validation, on which thresholds are chosen" : "what is asked about"));
      return;
    }
    mark_agents(setting, pages);
    for (const Scorer& scorer : scorers_) {
      const double threshold = best_threshold(chosen_on, scorer.scores(chosen_on));
      mark_scorer(setting, pages, scorer, threshold);
    }
    mark_scorer(setting, pages,
                {"always no",
                 [](std::span<const TastePage> of) {
                   PageScores none;
                   for (const TastePage& page : of) none.emplace_back(page.items.size(), 0.0);
                   return none;
                 }},
                0);
  }

  TaskResult take_result() { return std::move(result_); }

 private:
  void add_model(const std::string& kind, FitObserver& observer) {
    const Json options{{"kind", kind}};
    if (const auto made = make_taste_model(options); !made)
      throw Failure(ErrorKind::usage, fmt::format("--baselines: {}", made.error().message));
    const auto& affinity = models_.emplace_back(
        std::make_unique<ModelAffinity>(options, world_.training(), world_.split().train, world_.population(),
                                        world_.draws(), world_.seed(), observer));
    scorers_.push_back({kind, [this, &affinity = *affinity](std::span<const TastePage> pages) {
                          return affinity_scores(affinity, world_, pages);
                        }});
  }

  /// Leaves out the pages whose replies could not be used: whoever is compared stands before the same pages.
  void mark_agents(const TasteSetting& setting, std::vector<TastePage>& pages) {
    std::vector<AskedPage> asked;
    for (const TastePage& page : pages) asked.push_back({page.agent, page.items});
    const std::vector<std::optional<PageRecord>> answers = ask(world_, asked, asking_);
    Marks marks;
    std::vector<TastePage> answered;
    for (std::size_t n = 0; n < pages.size(); ++n) {
      if (!answers[n]) continue;
      std::vector<bool> yes;
      for (const Impression& shown : answers[n]->impressions) yes.push_back(shown.aligned);
      marks.add(yes, std::vector<double>(yes.begin(), yes.end()), pages[n].held_out);
      answered.push_back(std::move(pages[n]));
    }
    if (answered.size() < pages.size()) {
      result_.notes.push_back(fmt::format("taste: {}: {} of {} agents gave no usable reply and are left out",
                                          setting.name(), pages.size() - answered.size(), pages.size()));
    }
    pages = std::move(answered);
    marks.add_figures(setting, "agents", result_.figures);
  }

  void mark_scorer(const TasteSetting& setting, std::span<const TastePage> pages, const Scorer& scorer,
                   double threshold) {
    Marks marks;
    const PageScores scores = scorer.scores(pages);
    for (std::size_t n = 0; n < pages.size(); ++n) {
      std::vector<bool> yes;
      for (const double score : scores[n]) yes.push_back(score > threshold);
      marks.add(yes, scores[n], pages[n].held_out);
    }
    marks.add_figures(setting, scorer.name, result_.figures);
  }

  TrainingWorld& world_;
  const Asking& asking_;
  std::vector<std::unique_ptr<ModelAffinity>> models_;
  std::vector<Scorer> scorers_;
  TaskResult result_;
};

}  // namespace

TaskResult validate_taste(TrainingWorld& world, const TasteOptions& options, const Asking& asking,
                          FitObserver& observer) {
  TasteTask task(world, asking);
  task.add_baselines(options.models, observer);
  for (const Negatives negatives : options.negatives) {
    for (const std::size_t ratio : options.ratios)
      task.run({.ratio = ratio, .negatives = negatives}, options.part);
  }
  return task.take_result();
}

}  // namespace throng
