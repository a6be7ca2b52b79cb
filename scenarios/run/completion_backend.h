#pragma once

#include <memory>
#include <vector>

#include "llm/client.h"
#include "scenarios/run/backend.h"

namespace throng {

/// What becomes of an endpoint none of whose replies can be used.
enum class UselessEndpoint {
  is_halted,  ///< after the first replies
  goes_on,
};

/// Language models at one or more endpoints.
class CompletionBackend : public Backend {
 public:
  /// `io` outlives the backend. Throws Failure(usage) for an endpoint that cannot work or a key that is missing.
  CompletionBackend(boost::asio::io_context& io, std::vector<llm::EndpointOptions> endpoints,
                    const llm::Environment& environment, llm::ClientOptions options,
                    UselessEndpoint useless = UselessEndpoint::is_halted);
  ~CompletionBackend() override;

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void wind_down() override;
  /// The client's ledger: {"total", "by_model"}, and what this process has booked of the budget: {"booked": {"tokens",
  /// "pico_usd"}}.
  Json account() const override;

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace throng
