#pragma once

#include <memory>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "engine/net/http_client.h"
#include "engine/net/timing_wheel.h"

namespace throng::net {

class ClientConnection;
class Dialer;

/// A call from `send` to its completion. It waits, or has a dialer, or has a connection.
struct Call {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool waiting = false;
  HttpRequest request;
  HttpClient::Done done;                           ///< set while the call is open
  std::shared_ptr<const HttpClient::Chunk> chunk;  ///< shared, as it may end its own call
  HttpClient::Silence silence;
  HttpTimings timings;
  TimingWheel::TimePoint queued_at;
  TimingWheel::TimePoint started_at;  ///< left the queue
  TimingWheel::TimePoint total_by;
  boost::intrusive_ptr<Dialer> dialer;
  ClientConnection* connection = nullptr;

  CallId id() const { return CallId{(std::uint64_t{generation} << 32) | slot}; }
};

}  // namespace throng::net
