// What the journal costs a run: 1,000 agents played by the mock server, on a thread of its own, with the journal, with one
// that survives power loss, and with none.
#include <filesystem>
#include <future>
#include <optional>
#include <thread>

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "agents/played/played_agent.h"
#include "engine/base/error.h"
#include "llm/mock/mock_server.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/gateway/backends.h"
#include "scenarios/gateway/journaled_gateway.h"
#include "scenarios/run/simulation.h"

namespace throng {
namespace {

constexpr std::size_t kInFlight = 1000;

class MockThread {
 public:
  explicit MockThread(int latency_ms) {
    std::promise<std::string> listening;
    auto url_of = listening.get_future();
    thread_ = std::thread([this, latency_ms, &listening] {
      llm::mock::MockOptions options;
      options.source = played::played_agents();
      options.latency = {.first_token = std::chrono::milliseconds(latency_ms),
                         .shape = llm::mock::LatencyShape::lognormal};
      llm::mock::MockServer server(io_, options);
      listening.set_value(server.url());
      io_.run();
    });
    url = url_of.get();
  }
  ~MockThread() {
    io_.stop();
    thread_.join();
  }
  MockThread(const MockThread&) = delete;
  MockThread& operator=(const MockThread&) = delete;

  std::string url;

 private:
  boost::asio::io_context io_{1};
  std::thread thread_;
};

/// Hands replies on as they come, and keeps none.
class WithoutJournal : public Gateway {
 public:
  WithoutJournal(Backend& backend, boost::asio::io_context& io) : backend_(backend), io_(io) {}

  void submit(const CallKey& key, ExternalRequest request) override {
    backend_.ask(request.parts, request.chain, [this, key](Result<JournaledReply> reply) {
      arrived_.emplace_back(key, std::move(reply).value().reply);
    });
  }
  void wait(const Deliver& deliver) override {
    if (io_.poll() == 0 && arrived_.empty()) io_.run_one_for(std::chrono::milliseconds(100));
    for (auto& [key, reply] : std::exchange(arrived_, {})) deliver(key, std::move(reply));
  }

 private:
  Backend& backend_;
  boost::asio::io_context& io_;
  std::vector<std::pair<CallKey, std::string>> arrived_;
};

class CountsPages : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override { pages += result.pages; }
  std::size_t pages = 0;
};

void run_of_1000_agents(benchmark::State& state, std::optional<Journal::Mode> mode) {
  const MockThread server(static_cast<int>(state.range(0)));
  const Scenario scenario =
      parse_scenario({{"name", "journal"},
                      {"seed", 1},
                      {"dataset", {{"path", "demo"}}},
                      {"population", {{"agents", 1000}}},
                      {"recommender", {{"kind", "popularity"}}},
                      {"mind", {{"kind", "llm"}, {"endpoints", {{{"url", server.url}, {"model", "m"}}}}}}},
                     "journal_benchmark", {});
  FitObserver quiet;
  Simulation simulation(scenario, load_dataset("demo"), quiet);
  llm::EndpointOptions endpoint{.url = server.url, .model = "m"};
  endpoint.max_in_flight = kInFlight;
  for (auto _ : state) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("throng_journal_{}.db", getpid());
    boost::asio::io_context io{1};
    CompletionBackend models(io, {endpoint}, [](const std::string&) { return std::nullopt; },
                             {.concurrency = ConcurrencyMode::fixed});
    CountsPages counted;
    std::optional<Journal> journal;
    std::unique_ptr<Gateway> gateway = std::make_unique<WithoutJournal>(models, io);
    if (mode) {
      journal.emplace(file, *mode);
      gateway = std::make_unique<JournaledGateway>(*journal, nullptr, io, Backends{&models});
    }
    if (!simulation.run(counted, gateway.get()) || counted.pages == 0)
      throw Failure(ErrorKind::unexpected, "no pages");
    gateway.reset();
    journal.reset();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    state.counters["pages"] = static_cast<double>(counted.pages);
  }
}

void configure(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("latency_ms")
      ->Arg(0)
      ->Arg(300)
      ->Iterations(1)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(run_of_1000_agents, without_journal, std::nullopt)->Apply(configure);
BENCHMARK_CAPTURE(run_of_1000_agents, survives_kill, Journal::Mode::survives_kill)->Apply(configure);
BENCHMARK_CAPTURE(run_of_1000_agents, survives_power_loss, Journal::Mode::survives_power_loss)
    ->Apply(configure);

}  // namespace
}  // namespace throng
