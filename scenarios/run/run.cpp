#include "scenarios/run/run.h"

#include <chrono>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/metrics.h"
#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/base/statistics.h"
#include "engine/ranks/failed_elsewhere.h"
#include "recsys/data/dataset.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/gateway/ranks_gateway.h"
#include "scenarios/gateway/run_gateway.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/recorder.h"
#include "scenarios/run/run_log.h"
#include "scenarios/run/simulation.h"
#include "scenarios/run/written_profiles.h"
#include "scenarios/scenario/scenario.h"
#include "scenarios/store/run_shards.h"
#include "scenarios/store/run_writer.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// A stop whose sentence says what there is to do.
class AdvisedStop : public Failure {
 public:
  explicit AdvisedStop(const std::string& message) : Failure(ErrorKind::stopped, message) {}
};

/// Ends a fit when an interrupt has been seen.
class InterruptibleFit : public FitObserver {
 public:
  InterruptibleFit(Progress& progress, MinuteLog& minutes, const InterruptGuard& interrupt)
      : progress_(progress), minutes_(minutes), interrupt_(interrupt) {}

  void on_progress(const FitProgress& progress) override {
    progress_.on_progress(progress);
    minutes_.tick();
    log_event(LogLevel::debug, "fit", "epoch",
              {{"model", progress.model}, {"epoch", progress.epoch}, {"loss", progress.loss}});
    if (interrupt_.interrupted()) throw Failure(ErrorKind::stopped, "interrupted while fitting");
  }

 private:
  Progress& progress_;
  MinuteLog& minutes_;
  const InterruptGuard& interrupt_;
};

std::vector<std::string> caveats_of(const Scenario& scenario, const Simulation& simulation) {
  std::vector<std::string> sentences = caveats(scenario, simulation.dataset());
  if (std::string sentence = about_other_training(scenario, simulation.train()); !sentence.empty())
    sentences.push_back(std::move(sentence));
  return sentences;
}

/// What was written of the agent's user, as far as this agent is told of it.
std::string written_taste(const Simulation& simulation, AgentId agent) {
  const Population& population = simulation.population();
  if (population.written_of(agent) == nullptr) return "";
  std::string written;
  for (const TasteStatement& each : simulation.minds().personas().written_tastes(population.profile(agent)))
    written += (written.empty() ? "" : "|") + each.taste;
  return written;
}

void write_meta(RunWriter& writer, const Scenario& scenario, Store store, const Simulation& simulation,
                const Ranks& ranks) {
  writer.write_meta("status", "running");
  writer.write_meta("version", THRONG_VERSION);
  writer.write_meta("seed", std::to_string(scenario.seed));
  writer.write_meta("dataset", simulation.dataset().name);
  writer.write_meta("population", who_agents_are(scenario, simulation.dataset()));
  writer.write_meta("item_name", item_name_of(scenario, simulation.dataset()));
  if (!simulation.dataset().ratings_are.empty())
    writer.write_meta("ratings_are", simulation.dataset().ratings_are);
  if (scenario.session.actions != AllowedActions())
    writer.write_meta("actions", resolved(scenario)["session"]["actions"].dump());
  writer.write_meta("store", store == Store::full ? "full" : "summary");
  if (const std::vector<InterviewQuestion>& questions = scenario.session.questions; !questions.empty()) {
    Json list = Json::array();
    for (const InterviewQuestion& question : questions) list.push_back(to_json(question));
    writer.write_meta("questions", list.dump());
  }
  writer.write_meta("caveats", Json(caveats_of(scenario, simulation)).dump());
  if (ranks.is_alone()) return;
  writer.write_meta("ranks", std::to_string(ranks.size()));
  writer.write_meta("agents", std::to_string(simulation.population().size()));
}

/// What is known before anything happens: on rank 0 of the run and of its items, on each of its agents.
void write_world(RunWriter& writer, const Scenario& scenario, Store store, const Simulation& simulation,
                 const Ranks& ranks) {
  if (ranks.is_first()) write_meta(writer, scenario, store, simulation, ranks);
  writer.commit();  // so that a run that is killed from here on can be read: agents may be many
  if (store == Store::full) {
    if (ranks.is_first()) writer.write_items(simulation.dataset(), simulation.mean_ratings());
    writer.write_agents(
        own_agents(ranks, simulation.population()), simulation.population(), simulation.dataset(),
        simulation.taste_space(), [&](AgentId agent) { return written_taste(simulation, agent); },
        [&](AgentId agent) { return simulation.minds().name_of(agent); });
  }
  writer.commit();
}

/// Whom the run asks; null if it asks nobody.
std::unique_ptr<RunGateway> open_gateway(const Scenario& scenario, const Simulation& simulation,
                                         const RunOptions& options, Progress& progress, MinuteLog& minutes) {
  if (!scenario.asks_anybody()) return nullptr;
  GatewayOptions asking = gateway_options(options.folder, options.earlier, progress);
  if (options.study) asking.budget_log = options.study->folder / "budget.log";
  asking.update = [tell = asking.update, &minutes](const std::string& text) {
    tell(text);
    minutes.tick();
  };
  return std::make_unique<RunGateway>(scenario, asking, simulation.remote_names());
}

/// Whom the run asks, seen from one rank.
class Asked {
 public:
  /// `of_first`: on rank 0 what asks for all; elsewhere, and if the run asks nobody, null.
  Asked(const Scenario& scenario, RunGateway* of_first, Ranks& ranks, const InterruptGuard& interrupt)
      : of_first_(of_first) {
    if (!scenario.asks_anybody()) return;
    const auto wants_stop = [&interrupt] { return interrupt.interrupted(); };
    if (ranks.is_alone()) {
      gateway_ = &of_first->gateway();
    } else if (ranks.is_first()) {
      gateway_ = &serving_.emplace(of_first->gateway(), ranks, wants_stop);
    } else {
      gateway_ = &forwarding_.emplace(ranks, wants_stop);
    }
  }

  Gateway* gateway() const { return gateway_; }
  /// See RunGateway::drain.
  void drain() {
    if (of_first_ != nullptr) of_first_->drain();
  }

 private:
  RunGateway* of_first_;
  std::optional<ServingGateway> serving_;
  std::optional<ForwardingGateway> forwarding_;
  Gateway* gateway_ = nullptr;
};

/// Runs the simulation. Throws Failure(stopped) if it was interrupted, on whatever rank.
void play(Simulation& simulation, RunObserver& recorder, Asked& asked, const Ranks& ranks) {
  if (simulation.run(recorder, asked.gateway())) return;
  asked.drain();
  if (!ranks.is_first()) throw FailedElsewhere(ErrorKind::stopped, 0, "interrupted");
  throw Failure(ErrorKind::stopped, "interrupted");
}

/// A run that has not finished must not look as if it went on.
void write_stopped(RunWriter& writer, const std::string& reason) {
  try {
    writer.write_meta("status", "stopped");
    writer.write_meta("stopped_by", reason);
    writer.finish();
  } catch (const SQLite::Exception&) {  // run.db cannot be written, which may be the reason itself
  }
}

/// A run of which nothing could be made out has no result. Resumed it would find the same replies again.
void check_not_empty(const Scenario& scenario, const ReplyQuality& quality) {
  if (!scenario.asks_language_models() || scenario.max_degraded_share == 1.0) return;
  if (quality.pages() == 0 || quality.degraded_pages() < quality.pages()) return;
  throw AdvisedStop(
      fmt::format("not one of the {} pages could be made out, the last reply: {}. Begin anew with "
                  "--overwrite when the endpoint is "
                  "mended; with \"max_degraded_share\": 1 an empty run is one, too",
                  quality.pages(), quality.last_problem()));
}

/// Sums up what has been recorded, on rank 0.
Json sum_up(const Scenario& scenario, const Simulation& simulation, const Recorder& recorder,
            std::span<const Metric> metrics, const RunGateway* gateway, const fs::path& file,
            RunWriter& writer) {
  writer.write_metrics(metrics);
  writer.write_meta("digest", recorder.digest().hex());
  Json summary = recorder.summary(scenario, metrics);
  summary["population"] = who_agents_are(scenario, simulation.dataset());
  summary["caveats"] = caveats_of(scenario, simulation);
  if (scenario.has_remote_recommender()) {
    summary["rankings"] = ranking_report(gateway->ranking_counts());
    writer.write_meta("rankings", summary["rankings"].dump());
  }
  if (scenario.asks_language_models()) {
    summary["llm"] = call_report(gateway->journal(), gateway->counts(), gateway->embedding_counts());
    summary["llm"].update(recorder.reply_quality().json());
    writer.write_meta("llm", summary["llm"].dump());
  }
  if (!simulation.tiers().is_null()) {
    summary["tiers"] = simulation.tiers();
    writer.write_meta("tiers", summary["tiers"].dump());
  }
  if (!scenario.metrics.empty()) {
    writer.commit();
    sum_up_metrics(file, scenario.metrics, summary);
  }
  writer.write_meta("status", "finished");
  writer.finish();
  return summary;
}

/// Runs the simulation into run.db and sums it up, on rank 0; elsewhere into a shard, and returns null. `writer`: none; afterwards
/// too, if the file is whole.
Json record(const Scenario& scenario, Simulation& simulation, const RunOptions& options, Progress& progress,
            MinuteLog& minutes, const InterruptGuard& interrupt, std::optional<RunWriter>& writer) {
  Ranks& ranks = *options.ranks;
  const fs::path file = shard_of(options.folder, ranks.self());
  std::unique_ptr<RunGateway> gateway;
  on_all(ranks, [&] {
    if (ranks.is_first()) gateway = open_gateway(scenario, simulation, options, progress, minutes);
    writing(file, [&] {
      writer.emplace(file);
      write_world(*writer, scenario, options.store, simulation, ranks);
    });
    return "";
  });
  Recorder recorder(*writer, file, options.store, progress, interrupt, simulation, ranks);
  Asked asked(scenario, gateway.get(), ranks, interrupt);
  RunLog log(recorder, gateway.get(), minutes);
  play(simulation, log, asked, ranks);
  on_first(ranks, [&] {
    check_not_empty(scenario, recorder.reply_quality());
    return "";
  });
  progress.finish();
  on_all(ranks, [&] {  // before anybody reads all shards
    if (ranks.is_first()) return "";
    writing(file, [&] { writer->finish(); });
    writer.reset();
    return "";
  });
  const std::vector<Metric> metrics = recorder.metrics(scenario.session.actions);
  Json summary;
  on_first(ranks, [&] {
    summary = writing(
        file, [&] { return sum_up(scenario, simulation, recorder, metrics, gateway.get(), file, *writer); });
    writer.reset();
    return "";
  });
  return summary;
}

Json record_run(const Scenario& scenario, Simulation& simulation, const RunOptions& options,
                Progress& progress, MinuteLog& minutes, const InterruptGuard& interrupt) {
  std::optional<RunWriter> writer;
  try {
    return record(scenario, simulation, options, progress, minutes, interrupt, writer);
  } catch (const std::exception& error) {
    if (writer) write_stopped(*writer, error.what());
    throw;
  }
}

/// Of a run that has finished. Throws AdvisedStop if its files cannot be written.
Json with_metrics_of(const Scenario& scenario, const RunFolder& folder, Json summary) {
  const auto stopped = [&](const char* reason) {
    return AdvisedStop(
        fmt::format("{}: the metrics cannot be taken from its rows: {}; the run is whole: the same command "
                    "takes them again",
                    folder.path().string(), reason));
  };
  try {
    return folder.with_metrics_of(scenario, std::move(summary));
  } catch (const SQLite::Exception& error) {
    throw stopped(error.what());
  } catch (const fs::filesystem_error& error) {
    throw stopped(error.what());
  } catch (const Failure& failure) {
    if (failure.kind() != ErrorKind::stopped) throw;
    throw stopped(failure.what());
  }
}

}  // namespace

std::optional<double> degraded_share(const Json& summary) {
  if (!summary.contains("llm")) return std::nullopt;
  return summary["llm"]["degraded_share"].get<double>();
}

void check_quality(const Scenario& scenario, const std::optional<double>& degraded_share) {
  if (!scenario.max_degraded_share || !degraded_share || *degraded_share <= *scenario.max_degraded_share)
    return;
  throw Failure(
      ErrorKind::quality,
      fmt::format("{:.4f} of the pages are degraded, more than the scenario's max_degraded_share {}",
                  *degraded_share, *scenario.max_degraded_share));
}

void check_store(const Scenario& scenario, Store store) {
  if (scenario.metrics.empty() || store == Store::full) return;
  throw Failure(
      ErrorKind::usage,
      "/metrics: they are taken from a run's rows, which a run with --store summary does not keep: leave "
      "out one of the two");
}

void check_metrics(const Json& summary) {
  std::vector<std::string> sentences;
  const Json faults = summary.value("metric_faults", Json::object());
  for (const auto& [metric, fault] : faults.items())
    sentences.push_back(fmt::format("the metric {} has no value: {}", metric, fault.get<std::string>()));
  if (sentences.empty()) return;
  throw Failure(
      ErrorKind::quality,
      fmt::format("{}. All else is whole: with the SQL mended, --resume takes the metric from the rows",
                  fmt::join(sentences, "; ")));
}

Dataset load_pinned_dataset(Scenario& scenario) {
  Dataset dataset = load_dataset(scenario.dataset_path);
  const std::string digest = dataset_digest(dataset).hex();
  std::string& pinned = scenario.dataset_digest;
  if (!pinned.empty() && pinned != digest) {
    throw Failure(ErrorKind::usage, fmt::format("/dataset/digest: the scenario wants \"{}\", but {} has {}",
                                                pinned, scenario.dataset_path, digest));
  }
  pinned = digest;
  apply_profiles(scenario, dataset);
  return dataset;
}

/// What a person needs to know to make sense of the rest of run.log.
void log_begin(const Scenario& scenario, const RunOptions& options, const Simulation& simulation,
               std::chrono::steady_clock::duration prepared) {
  log_event(LogLevel::info, "run",
            options.existing == ExistingFolder::resume ? "begins or goes on" : "begins",
            {{"scenario", scenario.name},
             {"version", THRONG_VERSION},
             {"seed", scenario.seed},
             {"dataset", simulation.dataset().name},
             {"agents", simulation.population().size()},
             {"rounds", scenario.rounds},
             {"recommender", scenario.recommender["kind"].get_ref<const std::string&>()},
             {"asks_models", scenario.asks_language_models()},
             {"replies_from", options.earlier ? options.earlier->folder.string() : std::string("nowhere")},
             {"prepared_in", prepared},
             {"rss_mb", rss_bytes() >> 20U}});
}

void log_end(const Json& summary) {
  log_event(LogLevel::info, "run", "has finished",
            {{"digest", summary["digest"].get_ref<const std::string&>()},
             {"pages", summary["pages"].get<std::size_t>()},
             {"took_s", summary["wall_seconds"].get<double>()},
             {"peak_rss_mb", summary["peak_rss_bytes"].get<std::size_t>() >> 20U}});
}

namespace {

/// Of several ranks the first prints, and of a study its runs print together.
Progress progress_of(const RunOptions& options) {
  if (options.study) return Progress(options.study->progress);
  return Progress(options.ranks->is_first() ? options.progress : Progress::Output::none);
}

}  // namespace

void check_same_on_all(Ranks& ranks, const Json& resolved) {
  const std::vector<std::string> all =
      on_all(ranks, [&] { return THRONG_VERSION " " + result_identity(resolved); });
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] == all.front()) continue;
    throw Failure(
        ErrorKind::usage,
        fmt::format("rank {} would not run the same as rank 0: its scenario file, the content of its "
                    "dataset or its version of Throng is another",
                    rank));
  }
}

Json run_scenario(Scenario scenario, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  check_store(scenario, options.store);
  Ranks& ranks = *options.ranks;
  const InterruptGuard interrupt;
  Progress progress = progress_of(options);
  std::optional<RunFolder> folder;  // rank 0 has it
  on_first(ranks, [&] {
    folder.emplace(options.folder, options.existing, scenario, options.earlier);
    return "";
  });
  const auto stopped = [&](const std::string& reason) {
    return options.study || !folder ? Failure(ErrorKind::stopped, reason) : folder->stopped(reason);
  };
  MinuteLog minutes;
  std::optional<LogFile> log;  // from when the folder is this run's
  try {
    SharedWorlds alone;
    SharedWorlds& shared = options.study ? options.study->shared : alone;
    std::shared_ptr<const Dataset> dataset;
    on_all(ranks, [&] {
      dataset = shared.dataset(scenario);
      return "";
    });
    check_same_on_all(ranks, resolved(scenario));
    const std::string finished = on_first(ranks, [&]() -> std::string {
      const std::optional<Json> summary = folder->finished(scenario);
      return summary ? with_metrics_of(scenario, *folder, *summary).dump() : "";
    });
    if (!finished.empty()) {
      if (!options.study) progress.say(fmt::format("{} has finished already", options.folder.string()));
      return Json::parse(finished);
    }
    progress.say_once(fmt::format("{}: {} users, {} {}, {} interactions", dataset->name,
                                  dataset->users.size(), dataset->catalogue.size(),
                                  plural_of(item_name_of(scenario, *dataset)), dataset->interactions.size()));
    for (const std::string& sentence : caveats(scenario, *dataset)) progress.say_once("note: " + sentence);
    InterruptibleFit fit(progress, minutes, interrupt);
    Simulation simulation(scenario, dataset, fit, &shared, ranks);
    on_all(ranks, [] { return ""; });  // all have come so far: nothing of an earlier run goes before that
    on_first(ranks, [&] {
      folder->begin(scenario);
      log.emplace(options.folder / "run.log", options.log,
                  options.study ? options.study->log : LogOf::process);
      return "";
    });
    log_begin(scenario, options, simulation, std::chrono::steady_clock::now() - started);
    Json summary = record_run(scenario, simulation, options, progress, minutes, interrupt);
    const std::string written = on_first(ranks, [&] {
      summary["wall_seconds"] =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      summary["peak_rss_bytes"] = peak_rss_bytes();
      folder->finish(summary);
      log_end(summary);
      if (const std::string trouble = log->trouble(); !trouble.empty())
        progress.say(fmt::format("run.log is not whole: {}", trouble));
      return summary.dump();
    });
    return ranks.is_first() ? summary : Json::parse(written);
  } catch (const Failure& failure) {
    log_event(LogLevel::error, "run", "has stopped", {{"why", failure.what()}});
    if (failure.kind() != ErrorKind::stopped || dynamic_cast<const AdvisedStop*>(&failure) != nullptr) throw;
    // The rank where it happened tells of it, and rank 0 how it goes on.
    if (!ranks.is_first() && dynamic_cast<const FailedElsewhere*>(&failure) != nullptr) throw;
    throw stopped(failure.what());
  }
}

}  // namespace throng
