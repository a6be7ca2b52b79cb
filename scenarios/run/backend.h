#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "scenarios/store/journal.h"

namespace throng {

/// Who answers the requests of one kind, for a price. Everything is called and completes on one thread, that of the io_context
/// that it lives on.
class Backend {
 public:
  /// The Error says why there is no reply: stopped if there may be one later.
  using Done = std::function<void(Result<JournaledReply>)>;

  virtual ~Backend() = default;

  /// Asks; see ExternalRequest. `done` is called exactly once, from within the io_context.
  virtual void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) = 0;
  /// See Exchange::tell.
  virtual void tell(std::vector<std::string> /*parts*/) {}
  /// What has been asked goes out now: no more is to be gathered with it.
  virtual void flush() {}
  /// Asks nobody any more; what is under way goes on, the rest ends with an Error (stopped).
  virtual void wind_down() = 0;
  /// What was asked and what became of it, for a person: an object.
  virtual Json account() const = 0;
};

}  // namespace throng
