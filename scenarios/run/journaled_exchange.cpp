#include "scenarios/run/journaled_exchange.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "recsys/external/remote_protocol.h"

namespace throng {
namespace {

constexpr std::chrono::milliseconds kMoment{100};
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

JournaledExchange::JournaledExchange(Journal& journal, const Journal* earlier, Line* line, Observer observer,
                                     std::string without_line)
    : journal_(journal),
      earlier_(earlier),
      line_(line),
      observer_(std::move(observer)),
      without_line_(std::move(without_line)) {}

CallCounts& CallCounts::operator+=(const CallCounts& other) {
  from_journal += other.from_journal;
  replayed += other.replayed;
  live += other.live;
  under_way += other.under_way;
  return *this;
}

CallCounts JournaledExchange::counts() const {
  CallCounts sum;
  for (const CallCounts& counts : counts_) sum += counts;
  return sum;
}

void JournaledExchange::submit(const CallKey& key, ExternalRequest request) {
  keep_up();
  const Ask ask = remote::is_rank_context(request.parts[0]) ? Ask::ranking : Ask::model;
  CallCounts& counts = counts_[static_cast<std::size_t>(ask)];
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
      arrived(key, request.parts, *std::move(known));
      return;
    }
  }
  if (line_ == nullptr) {
    fail({ErrorKind::stopped,
          fmt::format("agent {} asks what is in no journal: {}", index(key.actor), without_line_)});
    return;
  }
  ++counts.under_way;
  const auto parts = std::make_shared<const std::vector<std::string>>(std::move(request.parts));
  line_->ask(*parts, request.chain, [this, key, parts, &counts](Result<JournaledReply> result) {
    --counts.under_way;
    if (!result) {
      fail(result.error());
      return;
    }
    ++counts.live;
    arrived(key, *parts, *std::move(result));
  });
}

void JournaledExchange::arrived(const CallKey& key, std::span<const std::string> parts,
                                JournaledReply reply) {
  journal_.add(key, parts, reply);
  if (uncommitted_++ == 0) first_uncommitted_ = Clock::now();
  arrived_.emplace_back(key, std::move(reply.reply));
  if (is_due()) commit();
}

bool JournaledExchange::is_due() const {
  return uncommitted_ >= kGroup || (uncommitted_ > 0 && Clock::now() - first_uncommitted_ >= kGathering);
}

void JournaledExchange::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

/// Takes in what has arrived; waits for it if nothing can be handed over.
void JournaledExchange::read() {
  if (line_ != nullptr && counts().under_way > 0) {
    line_->pump(arrived_.empty() ? kMoment : std::chrono::milliseconds(0));
    while (durable_ == 0 && uncommitted_ > 0 && !is_due() && counts().under_way > 0 && !failure_)
      line_->pump(std::chrono::milliseconds(1));
    last_read_ = Clock::now();
  }
  if (durable_ == 0 || is_due()) commit();
}

/// Agents may ask for longer than replies should lie in the network's buffers.
void JournaledExchange::keep_up() {
  if (line_ == nullptr || counts().under_way == 0 || Clock::now() - last_read_ < kLook) return;
  line_->pump(std::chrono::milliseconds(0));
  last_read_ = Clock::now();
  if (is_due()) commit();
}

void JournaledExchange::commit() {
  if (uncommitted_ > 0) {
    if (line_ != nullptr) journal_.tell(line_->account());
    journal_.commit();
    uncommitted_ = 0;
  }
  durable_ = arrived_.size();
}

void JournaledExchange::wait(const Deliver& deliver) {
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

void JournaledExchange::drain() {
  if (line_ != nullptr) line_->wind_down();
  while (counts().under_way > 0) {
    line_->pump(kMoment);
    commit();
    if (observer_) observer_(counts());
  }
  commit();
  arrived_.clear();
  durable_ = 0;
}

}  // namespace throng
