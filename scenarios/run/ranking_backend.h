#pragma once

#include <boost/asio/io_context.hpp>

#include "recsys/external/remote_client.h"
#include "scenarios/run/backend.h"

namespace throng {

/// A remote recommender. Its requests have two parts, a context and a question; what it is told has two, a target and a body
/// (recsys/models/remote_protocol.h).
class RankingBackend : public Backend {
 public:
  /// `names` outlives the backend. Throws Failure(usage) for a server that cannot be asked or a missing key.
  RankingBackend(boost::asio::io_context& io, const remote::RemoteOptions& options,
                 const remote::Names& names, Delay patience, const remote::Client::Log& log);

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void tell(std::vector<std::string> parts) override;
  void flush() override { client_.flush(); }
  void wind_down() override { client_.wind_down(); }
  /// {"rankings": {"requests", "rankings", "retries", "lessons"}}
  Json account() const override;

 private:
  std::string origin_;
  remote::Client client_;
};

}  // namespace throng
