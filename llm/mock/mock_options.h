#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/options_reader.h"
#include "engine/http/http_server.h"
#include "llm/endpoint_options.h"
#include "llm/mock/chat_content.h"
#include "llm/mock/dialect.h"
#include "llm/mock/rate_limits.h"

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

enum class LatencyShape { constant, exponential, lognormal };

/// How long the model works. A reply takes `first_token`, drawn, and `per_token` for each further token; a stream
/// shows its tokens as they come, a plain reply comes at the end.
struct LatencyOptions {
  std::chrono::microseconds first_token{0};  ///< the mean
  LatencyShape shape = LatencyShape::constant;
  double sigma = 0.5;  ///< of the logarithm, for lognormal
  std::chrono::microseconds per_token{0};
};

struct MockOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;           ///< 0: any free one
  std::optional<net::PemPair> tls;  ///< speaks TLS only, if given
  std::uint64_t seed = 0;
  ContentSource
      source;  ///< answers what it understands; none: all content is filler, or only fits its schema
  std::string model = "mock";  ///< what GET /v1/models lists; any name is served

  LatencyOptions latency;
  int slots = 0;  ///< calls that the model works on at once, the others queue; 0: any number

  RateLimitsOptions limits;
  std::chrono::milliseconds halve_after{0};  ///< then both limits are halved; 0: never
  std::int64_t quota_after = 0;              ///< then every call fails with insufficient_quota; 0: never

  FaultShares faults;
  std::chrono::milliseconds fault_retry_after{20};  ///< what an injected 429 says
  std::chrono::milliseconds stall{600'000};         ///< then the connection is reset
  std::chrono::milliseconds slow{1'000};            ///< how long a slow reply takes

  Range<int> completion_tokens{32, 32};  ///< of text; a value of a schema is as long as it is
  int embedding_dimensions = 256;        ///< unless the request says otherwise
  std::string api_key;                   ///< what a request must bring; "": nothing
  /// What is refused with `unsupported_parameter`, of `refusable()`.
  std::vector<std::string> refused;
  Dialect dialect;  ///< default: OpenAI's, at every path that the mock knows
  double refused_prompts =
      0;  ///< share of prompts that are refused in the dialect's words, of a dialect that has any
};

/// Parameters, and uses of them, that some servers do not know.
const std::vector<std::string>& refusable();

/// Reads "20" or "10-30", at least 1. The Error (usage) says what was expected.
Result<Range<int>> parse_token_range(std::string_view text);

}  // namespace throng::llm::mock
