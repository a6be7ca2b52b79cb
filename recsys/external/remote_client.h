#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/redact.h"
#include "engine/polite/polite_client.h"
#include "recsys/external/remote_protocol.h"

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

struct Ranking {
  std::string items;  ///< see `items_of_ranking`
  int attempts = 1;   ///< how often the request was sent
};

/// What was sent so far.
struct ClientStats {
  std::uint64_t requests = 0;  ///< /rank requests that were answered
  std::uint64_t rankings = 0;
  std::uint64_t retries = 0;
  std::uint64_t lessons = 0;
};

/// Talks to a remote recommender: gathers questions into batches, and sees to it that the server has learned all that it
/// was to be taught before it is asked. Nothing is sent, lessons included, before somebody asks.
///
/// Threading: the io_context's one thread. `names` outlives the client; destroying it breaks everything off without a word.
class Client {
 public:
  using RankDone = std::function<void(Result<Ranking>)>;
  using Done = std::function<void(Result<void>)>;

  using Log = std::function<void(const std::string&)>;

  /// `patience`: a server that wants to be left alone for longer is not waited for. `log` hears what a person should, such as a
  /// server that does not answer. Throws Failure(usage) for options that cannot work or a missing key.
  Client(boost::asio::io_context& io, const RemoteOptions& options, const Names& names,
         Delay patience = std::chrono::minutes(10), const Log& log = {});

  /// To be learned after all that was taught before.
  void teach(Lesson lesson) { lessons_.push_back(std::move(lesson)); }
  /// Asks for one ranking, in a batch with others of the same context. Sent by `flush`, after all lessons.
  /// `done` is called exactly once, never from within a function of the client.
  void ask(std::string context, std::string question, RankDone done);
  void flush();
  /// Makes the server learn what it was taught without asking anything.
  void catch_up(Done done);
  /// Sends nothing any more; what waits ends with an Error (stopped).
  void wind_down();

  const ClientStats& stats() const { return stats_; }

 private:
  struct Question {
    std::string text;
    RankDone done;
  };
  struct Batch {
    std::string context;
    std::vector<Question> questions;
  };

  void advance();
  void greet();
  void learn_next();
  void send(Batch batch);
  void fail(const Error& error);
  Result<net::PoliteReply> redacted(Result<net::PoliteReply> reply) const;
  net::HttpRequest post(const std::string& target, std::string body) const;

  boost::asio::io_context& io_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);  ///< for what is posted
  const Names& names_;
  std::size_t batch_size_;
  std::string path_;  ///< of the url, without a slash at its end
  net::PoliteClient ranking_;
  net::PoliteClient learning_;
  Secrets secrets_;
  std::deque<Lesson> lessons_;
  std::deque<Batch> batches_;
  std::vector<Done> when_caught_up_;
  bool greeted_ = false;
  bool learning_now_ = false;
  ClientStats stats_;
};

}  // namespace throng::remote
