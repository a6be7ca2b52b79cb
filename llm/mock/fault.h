#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace throng::llm::mock {

/// What goes wrong on purpose. All but the last are faults of transport: such a call bills nothing, with one
/// exception: a slow reply that arrives whole is a reply.
enum class Fault {
  too_many_requests,  ///< "429", with a short retry-after-ms
  server_error,       ///< "500"
  unavailable,        ///< "503"
  reset,              ///< the connection is reset instead of a reply
  stall,              ///< nothing comes, or the headers and then nothing
  truncated,          ///< the connection ends within the body
  malformed,          ///< status 200 and JSON that breaks off
  slow_bytes,         ///< the right reply in small pieces
  wrong_length,       ///< Content-Length is less than what comes
  mid_stream_error,   ///< a stream reports an error half way; a plain reply is one, with status 200
  invalid_content,    ///< a complete reply whose content is not what was asked for; is billed
};

inline constexpr std::size_t kFaults = 11;

/// As on the command line and in the statistics: "429", "reset", ...
std::string_view to_string(Fault fault);

/// How likely each fault is, in [0, 1]; the sum is at most 1.
class FaultShares {
 public:
  double operator[](Fault fault) const { return shares_[static_cast<std::size_t>(fault)]; }
  /// Of all faults of transport.
  double transport() const;

  /// Every kind alike, `rate` in all. The Error (usage) says what is wrong with it.
  static Result<FaultShares> even(double rate);
  /// Reads "429=0.1,reset=0.05". The Error (usage) names the part that is wrong.
  static Result<FaultShares> parse(std::string_view text);

 private:
  std::array<double, kFaults> shares_{};
};

}  // namespace throng::llm::mock
