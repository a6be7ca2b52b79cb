#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/redact.h"
#include "engine/polite/polite_client.h"

namespace throng::remote {

/// A recommender behind HTTP. Only `model` decides results; the rest is how to reach it.
struct RemoteOptions {
  std::string url;        ///< http or https; paths such as /rank are added to it
  std::string model;      ///< told to the server, which may have several; may be empty
  int batch = 64;         ///< users of one request, at most
  int max_in_flight = 8;  ///< requests under way at once
  double timeout = 60;  ///< seconds that the server may take to answer; /fit and /feedback have `fit_timeout`
  double fit_timeout = 3600;          ///< seconds
  int attempts = 6;                   ///< of one request, the first included
  int rpm = 0;                        ///< /rank requests per minute; 0: no limit
  Pacing pacing = Pacing::automatic;  ///< within rpm
  std::string api_key_env;  ///< the environment variable that holds a bearer token; "": none is sent
  std::string ca_file;      ///< PEM; "": the system's
};

/// From the keys of RemoteOptions and "kind". The Error (usage) names the key.
Result<RemoteOptions> read_remote_options(const Json& options);
/// The inverse.
Json remote_options_json(const RemoteOptions& options);

/// Which of the two clocks a request is under.
enum class Task { rank, learn };
/// `patience`: see RequestPlanOptions. Throws Failure(usage) if the environment variable is missing.
net::PoliteClientOptions client_options(const RemoteOptions& options, Task task, Delay patience,
                                        std::function<void(const std::string&)> log = {});

/// What must appear in nothing that is written: the token.
Secrets secrets_of(const RemoteOptions& options);

}  // namespace throng::remote
