#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "llm/budget_log.h"
#include "llm/client.h"
#include "llm/endpoint_options.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm {

struct ClientOptions {
  PlanOptions plan;                                         ///< `books`: without a budget log
  ConcurrencyMode concurrency = ConcurrencyMode::adaptive;  ///< up to each endpoint's max_in_flight
  std::optional<std::filesystem::path>
      budget_log;           ///< where reservations are written down before anything is sent
  Spending known_spending;  ///< what the budget log must say at least: see BudgetLog
  Durability durability = Durability::process;
  std::function<void(const std::string&)>
      log;  ///< hears what happens once, such as a field that a server does not know
};

/// The client of OpenAI-compatible servers: several models at several endpoints, under their limits and a budget (CallPlanner
/// decides). Lives on an io_context that one thread runs. Destroying it (not from within `done`) breaks everything off
/// without a word. The io_context has work while connections are open: `close` ends that.
class EndpointClient : public Client {
 public:
  /// Throws Failure(usage) for an endpoint that cannot work or a key that is missing, Failure(data) for an unreadable
  /// budget log.
  EndpointClient(boost::asio::io_context& io, std::vector<EndpointOptions> endpoints,
                 const Environment& environment, ClientOptions options);
  ~EndpointClient() override;

  CallId complete(ChatRequest request, std::uint32_t chain, Done<Reply> done) override;
  CallId embed(EmbeddingRequest request, std::vector<std::string> inputs, Done<Embeddings> done) override;
  void cancel(CallId call) override;
  void wind_down() override;
  /// Asks this endpoint nothing more, because of `why`, for a person. Calls go to others of the same model, or end
  /// with the fault `halted`.
  void halt(std::size_t endpoint, std::string why);

  const CallPlanner& planner() const;
  /// As learned so far.
  const Capabilities& capabilities(std::size_t endpoint) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace throng::llm
