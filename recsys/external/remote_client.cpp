#include "recsys/external/remote_client.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/base/options_reader.h"
#include "engine/http/url.h"

namespace throng::remote {
namespace {

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string name_of(Pacing pacing) {
  return std::ranges::find(kPacings, pacing, &std::pair<const char*, Pacing>::second)->first;
}

std::string token_of(const RemoteOptions& options) {
  const char* token = options.api_key_env.empty() ? nullptr : std::getenv(options.api_key_env.c_str());
  return token == nullptr ? "" : token;
}

std::string base_path(const net::Url& url) {
  std::string path = url.target;
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

Result<RemoteOptions> read_remote_options(const Json& options) {
  RemoteOptions remote;
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.text("url", remote.url);
  reader.text("model", remote.model);
  reader.integer("batch", remote.batch, {1, 10'000});
  reader.integer("max_in_flight", remote.max_in_flight, {1, 10'000});
  reader.number("timeout", remote.timeout, {0.001, 86'400});
  reader.number("fit_timeout", remote.fit_timeout, {0.001, 86'400});
  reader.integer("attempts", remote.attempts, {1, 1000});
  reader.integer("rpm", remote.rpm, {0, 1'000'000'000});
  reader.choice("pacing", remote.pacing, kPacings);
  reader.text("api_key_env", remote.api_key_env);
  reader.text("ca_file", remote.ca_file);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  const Result<net::Url> url = net::parse_url(remote.url);
  if (!url) {
    return Error{ErrorKind::usage, fmt::format("/url: {}, expected the address of the server, such as "
                                               "http://127.0.0.1:9000",
                                               remote.url.empty() ? "missing" : url.error().message)};
  }
  return remote;
}

Json remote_options_json(const RemoteOptions& options) {
  return {{"kind", "remote"},
          {"url", options.url},
          {"model", options.model},
          {"batch", options.batch},
          {"max_in_flight", options.max_in_flight},
          {"timeout", options.timeout},
          {"fit_timeout", options.fit_timeout},
          {"attempts", options.attempts},
          {"rpm", options.rpm},
          {"pacing", name_of(options.pacing)},
          {"api_key_env", options.api_key_env},
          {"ca_file", options.ca_file}};
}

net::PoliteClientOptions client_options(const RemoteOptions& options, Task task, Delay patience,
                                        std::function<void(const std::string&)> log) {
  net::PoliteClientOptions client{.plan = {.retry = {.max_attempts = options.attempts}, .patience = patience},
                                  .rate = {.requests_per_minute = options.rpm, .pacing = options.pacing},
                                  .log = std::move(log)};
  client.http.headers.add("Content-Type", "application/json");
  client.http.headers.add("Accept", "application/json");
  client.http.headers.add("User-Agent", "throng");
  if (!options.api_key_env.empty()) {
    const std::string token = token_of(options);
    if (token.empty()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("/recommender/api_key_env: the environment has no {}", options.api_key_env));
    }
    client.http.headers.add("Authorization", "Bearer " + token);
  }
  const auto limit = milliseconds(task == Task::rank ? options.timeout : options.fit_timeout);
  client.http.max_connections = task == Task::rank ? static_cast<std::size_t>(options.max_in_flight) : 1;
  client.http.deadlines.first_byte = limit;
  client.http.deadlines.total = limit;
  client.http.tls.ca_file = options.ca_file;
  return client;
}

Secrets secrets_of(const RemoteOptions& options) { return std::vector<std::string>{token_of(options)}; }

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
