#include "scenarios/run/journaled_exchange.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "recsys/models/remote_protocol.h"

namespace throng {
namespace {

constexpr std::chrono::milliseconds kMoment{100};
/// Replies that come within this time of the first are committed together: far less than a language model takes.
constexpr std::chrono::milliseconds kGathering{5};

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
  const Ask ask = remote::is_rank_context(request.parts[0]) ? Ask::ranking : Ask::model;
  CallCounts& counts = counts_[static_cast<std::size_t>(ask)];
  if (std::optional<JournaledReply> known = journal_.find(key)) {
    ++counts.from_journal;
    arrived_.emplace_back(key, std::move(known->reply));
    return;
  }
  if (earlier_ != nullptr) {
    if (std::optional<JournaledReply> known = earlier_->find(key)) {
      ++counts.replayed;
      journal_.add(key, request.parts, *known);
      uncommitted_ = true;
      arrived_.emplace_back(key, std::move(known->reply));
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
    journal_.add(key, *parts, *result);
    uncommitted_ = true;
    arrived_.emplace_back(key, std::move(result->reply));
  });
}

void JournaledExchange::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

void JournaledExchange::pump() {
  if (line_ == nullptr || counts().under_way == 0) return;
  if (!arrived_.empty()) return line_->pump(std::chrono::milliseconds(0));
  line_->pump(kMoment);
  const auto until = std::chrono::steady_clock::now() + kGathering;
  while (counts().under_way > 0 && !failure_ && std::chrono::steady_clock::now() < until)
    line_->pump(std::chrono::milliseconds(1));
}

void JournaledExchange::commit() {
  if (!uncommitted_) return;
  if (line_ != nullptr) journal_.tell(line_->account());
  journal_.commit();
  uncommitted_ = false;
}

void JournaledExchange::wait(const Deliver& deliver) {
  pump();
  commit();
  if (observer_) observer_(counts());
  if (failure_) {
    drain();
    throw Failure(failure_->kind, failure_->message);
  }
  for (auto& [key, reply] : std::exchange(arrived_, {})) deliver(key, std::move(reply));
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
}

}  // namespace throng
