#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "recsys/external/remote_options.h"
#include "recsys/external/remote_protocol.h"

namespace throng::remote {

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
