#include "scenarios/validation/validation.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/gateway/call_report.h"
#include "scenarios/report/page.h"
#include "scenarios/validation/tasks.h"
#include "scenarios/validation/validation_page.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

struct Input {
  const Scenario& scenario;
  TrainingWorld& world;
  const ValidationOptions& options;
  const Asking& asking;
  FitObserver& observer;
};

struct ValidationTask {
  std::string_view name;
  TaskResult (*run)(const Input&);
};

TaskResult run_taste(const Input& in) {
  return validate_taste(in.world, in.options.taste, in.asking, in.observer);
}

TaskResult run_ratings(const Input& in) {
  if (in.world.split().train.columns().ratings) return validate_ratings(in.world, in.asking);
  return {.notes = {fmt::format("ratings: left out, {} has none", in.world.training().name)}};
}

TaskResult run_transcripts(const Input& in) {
  if (!in.options.transcripts.empty())
    return validate_transcripts(in.scenario, in.world.whole(), in.options.transcripts, in.asking,
                                in.observer);
  return {.notes = {"transcripts: left out, --transcripts names no file"}};
}

TaskResult run_traits(const Input& in) {
  return validate_traits(in.scenario, in.world, in.asking, in.observer);
}

TaskResult run_recommenders(const Input& in) {
  return validate_recommenders(in.world, in.options.recommenders, in.scenario.session, in.asking,
                               in.observer);
}

constexpr std::array kTasks{ValidationTask{"taste", run_taste}, ValidationTask{"ratings", run_ratings},
                            ValidationTask{"transcripts", run_transcripts},
                            ValidationTask{"traits", run_traits},
                            ValidationTask{"recommenders", run_recommenders}};

bool is_named(std::string_view task, const ValidationOptions& options) {
  return std::ranges::find(options.tasks, task) != options.tasks.end();
}

bool is_chosen(const ValidationTask& task, const ValidationOptions& options) {
  return options.tasks.empty() || is_named(task.name, options);
}

void check_tasks(const ValidationOptions& options) {
  for (const std::string& name : options.tasks) {
    if (std::ranges::find(kTasks, name, &ValidationTask::name) == kTasks.end()) {
      throw Failure(ErrorKind::usage, fmt::format("there is no task \"{}\"; there are: {}", name,
                                                  fmt::join(validation_tasks(), ", ")));
    }
  }
  if (is_named("transcripts", options) && options.transcripts.empty()) {
    throw Failure(ErrorKind::usage,
                  "--tasks transcripts: --transcripts must name the file of recorded replies");
  }
}

/// Before anything is written.
void check_dataset(const Dataset& dataset, const ValidationOptions& options) {
  if (is_named("ratings", options) && !dataset.interactions.columns().ratings)
    throw Failure(ErrorKind::data, fmt::format("ratings: {} has none to compare with", dataset.name));
}

/// Ends a fit when an interrupt has been seen.
class InterruptibleFit : public FitObserver {
 public:
  InterruptibleFit(Progress& progress, const InterruptGuard& interrupt)
      : progress_(progress), interrupt_(interrupt) {}
  void on_progress(const FitProgress& progress) override {
    progress_.on_progress(progress);
    if (interrupt_.interrupted()) throw Failure(ErrorKind::stopped, "interrupted while fitting");
  }

 private:
  Progress& progress_;
  const InterruptGuard& interrupt_;
};

/// The results of a run would be removed when the folder is begun.
void check_holds_no_run(const fs::path& folder, ExistingFolder existing) {
  if (existing == ExistingFolder::overwrite || !fs::exists(folder / "run.db")) return;
  throw Failure(ErrorKind::usage,
                fmt::format("{} holds a run, not a validation: --out names another folder", folder.string()));
}

void write_results(const fs::path& folder, const Validation& validation) try {
  write_file(folder / "validation.json", validation.json.dump(2) + "\n");
  write_figures_csv(folder / "validation.csv", validation.figures);
  write_file(folder / "report.html", html_report(validation_page(validation.json, validation.figures)));
} catch (const Failure& failure) {
  throw Failure(ErrorKind::stopped, failure.what());
}

Json head_of(const Scenario& scenario, const TrainingWorld& world) {
  return {{"name", scenario.name},
          {"version", THRONG_VERSION},
          {"seed", scenario.seed},
          {"dataset", world.training().name},
          {"dataset_digest", scenario.dataset_digest},
          {"agents", world.population().size()}};
}

std::unique_ptr<RunGateway> open_gateway(const Scenario& scenario, const ValidationOptions& options,
                                         Progress& progress) {
  if (!scenario.asks_language_models()) return nullptr;
  return std::make_unique<RunGateway>(scenario, gateway_options(options.folder, options.earlier, progress),
                                      nullptr);
}

Validation run_tasks(const Scenario& scenario, TrainingWorld& world, const ValidationOptions& options,
                     Progress& progress, const InterruptGuard& interrupt) {
  const std::unique_ptr<RunGateway> gateway = open_gateway(scenario, options, progress);
  const Asking asking{.gateway = gateway == nullptr ? nullptr : &gateway->gateway(),
                      .wants_stop = [&interrupt] { return interrupt.interrupted(); }};
  InterruptibleFit fit(progress, interrupt);
  Validation validation{.json = head_of(scenario, world)};
  for (const ValidationTask& task : kTasks) {
    if (!is_chosen(task, options)) continue;
    progress.say(fmt::format("task {}", task.name));
    try {
      TaskResult result = task.run({scenario, world, options, asking, fit});
      std::ranges::move(result.figures, std::back_inserter(validation.figures));
      std::ranges::move(result.notes, std::back_inserter(validation.notes));
    } catch (const Failure& failure) {
      if (gateway != nullptr && failure.kind() == ErrorKind::stopped) gateway->drain();
      throw;
    }
  }
  validation.json["figures"] = to_json(validation.figures);
  validation.json["notes"] = validation.notes;
  if (gateway != nullptr) {
    validation.json["llm"] = call_report(gateway->journal(), gateway->counts(), gateway->embedding_counts());
  }
  progress.finish();
  return validation;
}

}  // namespace

std::vector<std::string> validation_tasks() {
  std::vector<std::string> names;
  for (const ValidationTask& task : kTasks) names.emplace_back(task.name);
  return names;
}

Validation validate(Scenario scenario, const ValidationOptions& options) {
  check_tasks(options);
  scenario.session.questions.clear();  // agents are compared with people, whom nobody asked
  const InterruptGuard interrupt;
  Progress progress(options.progress);
  check_holds_no_run(options.folder, options.existing);
  RunFolder folder(options.folder, options.existing, scenario, options.earlier);
  try {
    Dataset dataset = load_pinned_dataset(scenario);
    progress.say(fmt::format("{}: {} users, {} items, {} interactions", dataset.name, dataset.users.size(),
                             dataset.catalogue.size(), dataset.interactions.size()));
    InterruptibleFit fit(progress, interrupt);
    check_dataset(dataset, options);
    TrainingWorld world(scenario, std::move(dataset), fit);
    folder.begin(scenario);
    for (const char* file : {"validation.json", "validation.csv"}) fs::remove(options.folder / file);
    Validation validation = run_tasks(scenario, world, options, progress, interrupt);
    write_results(options.folder, validation);
    return validation;
  } catch (const Failure& failure) {
    if (failure.kind() != ErrorKind::stopped) throw;
    throw folder.stopped(failure.what());
  }
}

}  // namespace throng
