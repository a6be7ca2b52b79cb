#include "scenarios/gateway/run_gateway.h"

#include <fmt/format.h>

#include "engine/base/process.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

Journal open_earlier(const fs::path& run) {
  if (!fs::exists(run / "journal.db")) {
    throw Failure(ErrorKind::data, fmt::format("{} cannot be replayed: it has no journal.db", run.string()));
  }
  return {run / "journal.db", Journal::Mode::read_only};
}

/// Why a replay may lack a reply.
std::string what_differs(const fs::path& run, const Scenario& scenario) {
  const std::string difference =
      result_difference(read_json(run / "scenario.json", ErrorKind::data), resolved(scenario));
  return difference.empty() ? "it was not completed, or is of another version" : difference;
}

/// What processes have booked of a budget, as the journal of the run, or those of all runs of its study, tell.
llm::Spending booked_in_journals(const GatewayOptions& options) {
  const fs::path folder = options.budget_log.parent_path();
  std::vector<fs::path> files;
  if (options.budget_log == options.folder / "budget.log") {
    files.push_back(folder / "journal.db");
  } else {
    for (const fs::directory_entry& run : fs::directory_iterator(folder))
      files.push_back(run.path() / "journal.db");
  }
  llm::Spending booked;
  for (const fs::path& file : files) {
    if (!fs::exists(file)) continue;
    for (const Json& account : Journal(file, Journal::Mode::read_only).accounts()) {
      const Json by_process = account.value("booked", Json::object());
      booked += {.tokens = by_process.value("tokens", std::int64_t{0}),
                 .money = llm::Money{by_process.value("pico_usd", std::int64_t{0})}};
    }
  }
  return booked;
}

std::unique_ptr<CompletionBackend> open_models(boost::asio::io_context& io, const Scenario& scenario,
                                               const GatewayOptions& options) {
  if (!scenario.asks_language_models()) return nullptr;
  return std::make_unique<CompletionBackend>(
      io, scenario.endpoints, llm::process_environment(),
      llm::ClientOptions{.plan = {{.patience = scenario.patience}, scenario.budget},
                         .budget_log = options.budget_log,
                         .known_spending = booked_in_journals(options),
                         .durability = scenario.journal,
                         .log = options.say},
      scenario.max_degraded_share == 1.0 ? UselessEndpoint::goes_on : UselessEndpoint::is_halted);
}

std::unique_ptr<RankingBackend> open_recommender(boost::asio::io_context& io, const Scenario& scenario,
                                                 const GatewayOptions& options, const remote::Names* names) {
  if (names == nullptr) return nullptr;
  return std::make_unique<RankingBackend>(io, remote::read_remote_options(scenario.recommender).value(),
                                          *names, scenario.patience, options.say);
}

/// Every call in flight has a socket, beside the files of the run: better said now than when all are paid for and run.db
/// cannot be opened.
void check_open_files(const Scenario& scenario) {
  constexpr std::size_t kFilesOfTheRun = 64;
  std::size_t calls = 0;
  for (const llm::EndpointOptions& endpoint : scenario.endpoints)
    calls += static_cast<std::size_t>(endpoint.max_in_flight);
  if (scenario.has_remote_recommender()) {
    calls +=
        static_cast<std::size_t>(remote::read_remote_options(scenario.recommender).value().max_in_flight);
  }
  const std::size_t limit = raise_open_files_limit();
  if (limit >= calls + kFilesOfTheRun) return;
  throw Failure(
      ErrorKind::usage,
      fmt::format("max_in_flight allows {} calls at once, but this process may open only {} files: raise "
                  "that limit to {} (ulimit -n), or lower max_in_flight",
                  calls, limit, calls + kFilesOfTheRun));
}

std::string in_words(const CallCounts& counts) {
  std::string text = fmt::format("calls: {} answered", counts.live + counts.from_journal + counts.replayed);
  if (counts.from_journal > 0) text += fmt::format(", {} of them from the journal", counts.from_journal);
  if (counts.replayed > 0) text += fmt::format(", {} of them replayed", counts.replayed);
  return text + fmt::format(", {} under way", counts.under_way);
}

}  // namespace

RunGateway::RunGateway(const Scenario& scenario, const GatewayOptions& options, const remote::Names* names) {
  std::string nobody_is_asked;
  if (options.earlier) {
    const fs::path& run = options.earlier->folder;
    earlier_.emplace(open_earlier(run));
    if (options.earlier->missing == EarlierRun::Missing::stops) {
      nobody_is_asked = fmt::format(
          "{} has no reply to it ({}); {} asks for the rest", run.string(), what_differs(run, scenario),
          options.can_reuse ? "--reuse instead of --replay" : "the same without --replay");
    }
  }
  journal_.emplace(options.folder / "journal.db",
                   scenario.journal == llm::Durability::power_loss ? Journal::Mode::survives_power_loss
                                                                   : Journal::Mode::survives_kill,
                   JournalOwner{.run = result_identity(resolved(scenario)),
                                .words = fmt::format("{}, seed {}", scenario.name, scenario.seed)});
  if (nobody_is_asked.empty()) {
    check_open_files(scenario);
    models_ = open_models(io_, scenario, options);
    if (models_) embedder_ = std::make_unique<EmbeddingBackend>(*models_);
    recommender_ = open_recommender(io_, scenario, options, names);
  }
  Backends backends{};
  backends[place_of(RequestKind::completion)] = models_.get();
  backends[place_of(RequestKind::embedding)] = embedder_.get();
  backends[place_of(RequestKind::ranking)] = recommender_.get();
  gateway_.emplace(
      *journal_, earlier_ ? &*earlier_ : nullptr, io_, backends,
      [update = options.update](const CallCounts& counts) { update(in_words(counts)); },
      std::move(nobody_is_asked));
}

RunGateway::~RunGateway() = default;

}  // namespace throng
