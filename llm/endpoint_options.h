#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/polite/rate_limit.h"
#include "llm/wire/capabilities.h"

namespace throng::llm {

/// In money per million tokens; 0: free.
struct Price {
  double prompt = 0;
  double cached = 0;  ///< prompt tokens that the server had cached; not given: like prompt
  double completion = 0;
};

/// 0: none.
struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds tls{10'000};
  std::chrono::milliseconds first_byte{120'000};  ///< from the last byte of the request
  std::chrono::milliseconds between_bytes{60'000};
  std::chrono::milliseconds total{600'000};
  /// Within these a call is given up that is silent for far longer than its peers; see PeerDeadlineOptions.
  std::chrono::milliseconds stall_floor{2'000};
  std::chrono::milliseconds stall_ceiling{0};
};

enum class Api { openai, azure };
inline constexpr std::array<std::pair<const char*, Api>, 2> kApis{
    {{"openai", Api::openai}, {"azure", Api::azure}}};

/// A header of a scenario's own, sent with every request.
struct ExtraHeader {
  std::string name;
  std::string value;  ///< as the scenario has it; "" if it is
  std::string env;    ///< what this environment variable holds; "": it is not

  bool operator==(const ExtraHeader&) const = default;
};

/// One entry of a scenario's `endpoints`. All of it is operational: it may change between a run and its
/// resumption, but for `model` and what of `capabilities` a model sees.
struct EndpointOptions {
  std::string url;          ///< http or https, with or without `/v1`; no query
  std::string model;        ///< as this endpoint names it
  std::string api_key_env;  ///< the environment variable that holds the key; "": there is none
  Api api = Api::openai;    ///< azure: its paths, and the key in `api-key`; default: what the URL says
  std::string api_version;  ///< azure's `api-version`; "": what the URL has behind `?api-version=`
  std::string deployment;   ///< azure; "": like the model
  int rpm = 0;              ///< requests per minute; 0: no limit
  int tpm = 0;              ///< tokens per minute; 0: no limit
  Pacing pacing = Pacing::automatic;  ///< within rpm and tpm; in the file: "auto", "even", "burst"
  int max_in_flight = 64;             ///< requests at once
  Price price;
  bool priced = false;  ///< the prices of prompt and completion were given, if only as 0
  TokenCounting token_counting = TokenCounting::admission;
  Capabilities capabilities;
  Timeouts timeouts;  ///< in the file: seconds
  std::vector<ExtraHeader> headers;
  std::string ca_file;  ///< PEM; "": the system's
  bool verify = true;   ///< the server's certificate
  std::string proxy;    ///< URL; "": what HTTPS_PROXY says
};

/// Reads one endpoint. The Error (usage) has the JSON path below `path`; it never repeats what may be a key.
Result<EndpointOptions> read_endpoint(const Json& json, const std::string& path);

/// Whether it is a server of this machine, whose tokens cost nothing unless it has a price.
bool is_free_of_charge(const EndpointOptions& endpoint);

/// Reads the list of endpoints, which has at least one.
Result<std::vector<EndpointOptions>> read_endpoints(const Json& json, const std::string& path);

/// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// The endpoint's key; "" if it needs none. The Error (usage) names the variable if it is not set or holds
/// what no header may carry, and never its value.
Result<std::string> read_api_key(const EndpointOptions& options, const Environment& environment);

/// What the endpoint's own headers hold, in their order: name and value. The Error (usage) names the header and the
/// variable that is not set or holds what no header may carry, or the header whose value was left out of what a run
/// wrote; never a value.
Result<std::vector<std::pair<std::string, std::string>>> read_extra_headers(const EndpointOptions& options,
                                                                            const Environment& environment);

/// The header that carries `key`: name and value.
std::pair<std::string, std::string> key_header(const EndpointOptions& options, const std::string& key);

}  // namespace throng::llm
