#include "scenarios/gateway/journaled_gateway.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace throng {
namespace {

/// Replies that come within this time of the first are committed together, if they are not more: far less than a language
/// model takes, and what a kill can lose.
constexpr std::chrono::milliseconds kGathering{5};
constexpr std::size_t kGroup = 64;
/// So many replies are handed over at once to each thread: while agents think about them (0.1 ms each) nothing is read.
constexpr std::size_t kHandOver = 8;

std::size_t hand_over() { return kHandOver * std::max(1U, std::thread::hardware_concurrency()); }
/// While agents ask, the network is looked after this often.
constexpr std::chrono::milliseconds kLook{1};

}  // namespace

JournaledGateway::JournaledGateway(Journal& journal, const Journal* earlier, boost::asio::io_context& io,
                                   const Backends& backends, Observer observer, std::string without_backend)
    : journal_(journal),
      earlier_(earlier),
      io_(io),
      backends_(backends),
      observer_(std::move(observer)),
      without_backend_(std::move(without_backend)) {}

CallCounts& CallCounts::operator+=(const CallCounts& other) {
  from_journal += other.from_journal;
  replayed += other.replayed;
  live += other.live;
  under_way += other.under_way;
  return *this;
}

CallCounts JournaledGateway::counts() const {
  CallCounts sum;
  for (const CallCounts& counts : counts_) sum += counts;
  return sum;
}

void JournaledGateway::submit(const CallKey& key, ExternalRequest request) {
  keep_up();
  CallCounts& counts = counts_[place_of(request.kind)];
  if (std::optional<JournaledReply> known = journal_.find(key)) {
    ++counts.from_journal;
    arrived_.emplace_back(key, std::move(known->reply));
    if (uncommitted_ == 0) durable_ = arrived_.size();
    return;
  }
  if (earlier_ != nullptr) {
    if (std::optional<JournaledReply> known = earlier_->find(key)) {
      ++counts.replayed;
      known->usd = 0;  // that run has paid for it
      arrived(key, request, *std::move(known));
      return;
    }
  }
  Backend* const backend = this->backend(request.kind);
  if (backend == nullptr) {
    fail({ErrorKind::stopped, fmt::format("agent {} asks for a {} that is in no journal: {}",
                                          index(key.actor), to_string(request.kind), without_backend_)});
    return;
  }
  ++counts.under_way;
  const auto asked = std::make_shared<const ExternalRequest>(std::move(request));
  backend->ask(asked->parts, asked->chain, [this, key, asked, &counts](Result<JournaledReply> result) {
    --counts.under_way;
    if (!result) {
      fail(result.error());
      return;
    }
    ++counts.live;
    arrived(key, *asked, *std::move(result));
  });
}

void JournaledGateway::tell(RequestKind kind, const std::vector<std::string>& parts) {
  if (Backend* const told = backend(kind)) told->tell(parts);
}

void JournaledGateway::arrived(const CallKey& key, const ExternalRequest& request, JournaledReply reply) {
  journal_.add(key, request, reply);
  if (uncommitted_++ == 0) first_uncommitted_ = Clock::now();
  arrived_.emplace_back(key, std::move(reply.reply));
  if (is_due()) commit();
}

bool JournaledGateway::is_due() const {
  return uncommitted_ >= kGroup || (uncommitted_ > 0 && Clock::now() - first_uncommitted_ >= kGathering);
}

void JournaledGateway::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

/// Lets replies come in: returns when something has happened, at the latest after `most`.
void JournaledGateway::pump(std::chrono::milliseconds most) {
  for (Backend* const backend : backends_) {
    if (backend != nullptr) backend->flush();
  }
  if (io_.stopped()) io_.restart();
  // What is ready goes first: run_one_for looks at nothing when it may not wait.
  if (io_.poll() == 0 && io_.run_one_for(most) > 0) io_.poll();
}

/// Takes in what has arrived; waits for it if nothing can be handed over.
void JournaledGateway::read() {
  if (counts().under_way > 0) {
    pump(arrived_.empty() ? moment_ : std::chrono::milliseconds(0));
    while (durable_ == 0 && uncommitted_ > 0 && !is_due() && counts().under_way > 0 && !failure_)
      pump(std::chrono::milliseconds(1));
    last_read_ = Clock::now();
  }
  if (durable_ == 0 || is_due()) commit();
}

/// Agents may ask for longer than replies should lie in the network's buffers.
void JournaledGateway::keep_up() {
  if (counts().under_way == 0 || Clock::now() - last_read_ < kLook) return;
  pump(std::chrono::milliseconds(0));
  last_read_ = Clock::now();
  if (is_due()) commit();
}

Json JournaledGateway::account() const {
  Json account = Json::object();
  for (const Backend* const backend : backends_) {
    if (backend != nullptr) account.update(backend->account());
  }
  return account;
}

void JournaledGateway::commit() {
  if (uncommitted_ > 0) {
    if (Json told = account(); !told.empty()) journal_.tell(told);
    journal_.commit();
    uncommitted_ = 0;
  }
  durable_ = arrived_.size();
}

void JournaledGateway::wait(const Deliver& deliver) {
  read();
  if (observer_) observer_(counts());
  if (failure_) {
    drain();
    throw Failure(failure_->kind, failure_->message);
  }
  for (std::size_t n = std::min(durable_, hand_over()); n > 0; --n) {
    auto [key, reply] = std::move(arrived_.front());
    arrived_.pop_front();
    --durable_;
    deliver(key, std::move(reply));
  }
}

void JournaledGateway::drain() {
  for (Backend* const backend : backends_) {
    if (backend != nullptr) backend->wind_down();
  }
  while (counts().under_way > 0) {
    pump(moment_);
    commit();
    if (observer_) observer_(counts());
  }
  commit();
  arrived_.clear();
  durable_ = 0;
}

}  // namespace throng
