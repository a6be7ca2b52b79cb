#include "recsys/external/remote_client.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "engine/base/log.h"

namespace throng::remote {
namespace {

std::string base_path(const net::Url& url) {
  std::string path = url.target;
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

/// A server may echo the token: nobody reads more of a reply than this.
Result<net::PoliteReply> Client::redacted(Result<net::PoliteReply> reply) const {
  if (!reply) return Error{reply.error().kind, redact(reply.error().message, secrets_)};
  redact_data(reply->response.body, secrets_);
  return reply;
}

Client::Client(boost::asio::io_context& io, const RemoteOptions& options, const Names& names, Delay patience,
               const Log& log)
    : io_(io),
      names_(names),
      batch_size_(static_cast<std::size_t>(options.batch)),
      path_(base_path(net::parse_url(options.url).value())),
      ranking_(io, net::parse_url(options.url).value(), client_options(options, Task::rank, patience, log)),
      learning_(io, net::parse_url(options.url).value(), client_options(options, Task::learn, patience, log)),
      secrets_(secrets_of(options)) {
  keep_out_of_logs(secrets_);
}

void Client::ask(std::string context, std::string question, RankDone done) {
  const bool fits = !batches_.empty() && batches_.back().context == context &&
                    batches_.back().questions.size() < batch_size_;
  if (!fits) batches_.push_back({.context = std::move(context), .questions = {}});
  batches_.back().questions.push_back({std::move(question), std::move(done)});
}

void Client::flush() {
  if (!batches_.empty()) advance();
}

void Client::catch_up(Done done) {
  when_caught_up_.push_back(std::move(done));
  advance();
}

void Client::wind_down() {
  ranking_.wind_down();
  learning_.wind_down();
  boost::asio::post(io_, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) fail({ErrorKind::stopped, "the recommender is not asked any more"});
  });
}

void Client::advance() {
  if (learning_now_) return;
  if (!greeted_) return greet();
  if (!lessons_.empty()) return learn_next();
  for (Done& done : std::exchange(when_caught_up_, {}))
    boost::asio::post(io_, [done = std::move(done)] { done({}); });
  for (Batch& batch : std::exchange(batches_, {})) send(std::move(batch));
}

void Client::greet() {
  learning_now_ = true;
  ranking_.send({.method = "GET", .target = path_ + "/health"}, [this](Result<net::PoliteReply> received) {
    const Result<net::PoliteReply> reply = redacted(std::move(received));
    learning_now_ = false;
    if (!reply) return fail(reply.error());
    if (const Result<void> healthy = check_health(reply->response.body); !healthy)
      return fail(healthy.error());
    greeted_ = true;
    advance();
  });
}

void Client::learn_next() {
  learning_now_ = true;
  learning_.send(post(lessons_.front().target, lessons_.front().body),
                 [this](Result<net::PoliteReply> received) {
                   const Result<net::PoliteReply> reply = redacted(std::move(received));
                   learning_now_ = false;
                   if (!reply) return fail(reply.error());
                   lessons_.pop_front();
                   ++stats_.lessons;
                   stats_.retries += static_cast<std::uint64_t>(reply->attempts - 1);
                   advance();
                 });
}

void Client::send(Batch batch) {
  std::vector<std::string> questions;
  for (const Question& question : batch.questions) questions.push_back(question.text);
  std::string body = rank_body(batch.context, questions);
  ranking_.send(post("/rank", std::move(body)),
                [this, batch = std::make_shared<Batch>(std::move(batch)),
                 questions = std::move(questions)](Result<net::PoliteReply> received) {
                  const Result<net::PoliteReply> reply = redacted(std::move(received));
                  Result<std::vector<std::string>> rankings =
                      reply ? read_rankings(reply->response.body, batch->context, questions, names_)
                            : Result<std::vector<std::string>>(reply.error());
                  if (rankings) {
                    ++stats_.requests;
                    stats_.rankings += rankings->size();
                    stats_.retries += static_cast<std::uint64_t>(reply->attempts - 1);
                  }
                  for (std::size_t n = 0; n < batch->questions.size(); ++n) {
                    const RankDone& done = batch->questions[n].done;
                    if (rankings) {
                      done(Ranking{.items = std::move((*rankings)[n]), .attempts = reply->attempts});
                    } else {
                      done(rankings.error());
                    }
                  }
                });
}

void Client::fail(const Error& error) {
  for (const Done& done : std::exchange(when_caught_up_, {})) done(error);
  for (const Batch& batch : std::exchange(batches_, {})) {
    for (const Question& question : batch.questions) question.done(error);
  }
}

net::HttpRequest Client::post(const std::string& target, std::string body) const {
  return {.method = "POST", .target = path_ + target, .body = std::move(body)};
}

}  // namespace throng::remote
