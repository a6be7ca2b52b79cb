#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "scenarios/store/journal.h"

namespace boost::asio {
class io_context;
}

namespace throng {

/// A way to get replies that costs something. Everything is called and completes on one thread.
class Line {
 public:
  /// The Error says why there is no reply: stopped if there may be one later.
  using Done = std::function<void(Result<JournaledReply>)>;

  virtual ~Line() = default;

  /// Asks; see ExternalRequest. `done` is called exactly once, from within `pump`.
  virtual void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) = 0;
  /// Lets replies come in: returns when something has happened, at the latest after `most`.
  virtual void pump(std::chrono::milliseconds most) = 0;
  /// Asks nobody any more; what is under way goes on, the rest ends with an Error (stopped).
  virtual void wind_down() = 0;
  /// What was asked and what became of it, for a person: an object.
  virtual Json account() const = 0;
};

/// What `Line::pump` is for a line that lives on `io`.
void pump_line(boost::asio::io_context& io, std::chrono::milliseconds most);

}  // namespace throng
