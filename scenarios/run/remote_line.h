#pragma once

#include <boost/asio/io_context.hpp>

#include "recsys/external/remote_client.h"
#include "scenarios/run/line.h"

namespace throng {

/// The line to a remote recommender: its requests have two parts, a context and a question (recsys/external/remote_protocol.h).
class RemoteLine : public Line {
 public:
  /// `names` outlives the line. Throws Failure(usage) for a server that cannot be asked or a missing key.
  RemoteLine(boost::asio::io_context& io, const remote::RemoteOptions& options, const remote::Names& names,
             Delay patience, const remote::Client::Log& log);

  /// The server learns this before it is asked next.
  void teach(remote::Lesson lesson) { client_.teach(std::move(lesson)); }

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void pump(std::chrono::milliseconds most) override;
  void wind_down() override { client_.wind_down(); }
  /// {"rankings": {"requests", "rankings", "retries", "lessons"}}
  Json account() const override;

 private:
  boost::asio::io_context& io_;
  std::string origin_;
  remote::Client client_;
};

}  // namespace throng
