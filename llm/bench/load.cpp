#include "llm/bench/load.h"

#include <algorithm>
#include <memory>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/polite/instant.h"

namespace throng::llm::bench {
namespace {

constexpr std::chrono::milliseconds kTick{100};

/// The shell around a Pacer.
class LoadRun {
 public:
  LoadRun(boost::asio::io_context& io, Client& client, const Load& load, const Extent& extent,
          const std::function<ChatRequest(std::int64_t)>& request, Measurements& measurements,
          const LoadObserver& observer)
      : io_(io),
        client_(client),
        request_(request),
        measurements_(measurements),
        observer_(observer),
        start_timer_(io),
        tick_timer_(io),
        began_(clock_now()),
        pacer_(load, extent, began_) {}

  LoadOutcome run() {
    io_.restart();
    tick();
    start();
    if (!pacer_.over(clock_now())) io_.run();
    outcome_.started = pacer_.started();
    outcome_.elapsed = std::max(measurements_.last_end(), began_) - began_;
    outcome_.began = began_;
    return outcome_;
  }

 private:
  /// A timer's handler may still be queued when all is over.
  template <class Then>
  auto while_alive(Then then) {
    return [alive = std::weak_ptr<LoadRun*>(alive_), then](const boost::system::error_code& error) {
      if (!error && !alive.expired()) then();
    };
  }

  void start() {
    while (const auto next = pacer_.next(clock_now())) call(*next);
    outcome_.most_running = std::max(outcome_.most_running, pacer_.running());
    if (pacer_.over(clock_now())) {
      tick_timer_.cancel();
      io_.stop();
      return;
    }
    if (pacer_.wake_at() == kNever || pacer_.wake_at() == armed_) return;
    armed_ = pacer_.wake_at();
    start_timer_.expires_at(armed_);
    start_timer_.async_wait(while_alive([this] { start(); }));
  }

  void call(const Pacer::Start& next) {
    ChatRequest request = request_(next.index);
    Measurements::Call call{
        .intended = next.intended, .submitted = clock_now(), .max_tokens = request.max_tokens.value_or(0)};
    // The id is known before `done` can be called: never from within `complete`.
    const auto id = std::make_shared<Client::CallId>();
    *id = client_.complete(std::move(request), 0, [this, call, id](const CallResult<Reply>& result) mutable {
      call.ended = clock_now();
      running_.erase(*id);
      measurements_.take(call, result);
      pacer_.finish();
      start();
    });
    running_.insert(*id);
  }

  void tick() {
    const LoadProgress progress{.started = pacer_.started(),
                                .running = pacer_.running(),
                                .completed = measurements_.completed(),
                                .failed = measurements_.failed(),
                                .elapsed = clock_now() - began_};
    if (observer_(progress) == Go::stop && outcome_.ended == Go::on) stop();
    tick_timer_.expires_after(kTick);
    tick_timer_.async_wait(while_alive([this] { tick(); }));
  }

  void stop() {
    outcome_.ended = Go::stop;
    pacer_.stop();
    start_timer_.cancel();
    for (const Client::CallId id : running_) client_.cancel(id);
    if (pacer_.running() == 0) io_.stop();
  }

  boost::asio::io_context& io_;
  Client& client_;
  const std::function<ChatRequest(std::int64_t)>& request_;
  Measurements& measurements_;
  const LoadObserver& observer_;
  boost::asio::steady_timer start_timer_;
  boost::asio::steady_timer tick_timer_;
  Instant armed_ = kNever;
  Instant began_;
  Pacer pacer_;
  std::unordered_set<Client::CallId> running_;
  LoadOutcome outcome_;
  std::shared_ptr<LoadRun*> alive_ = std::make_shared<LoadRun*>(this);
};

}  // namespace

Pacer::Pacer(const Load& load, const Extent& extent, Instant started)
    : load_(load), extent_(extent), started_(started) {}

std::optional<Pacer::Start> Pacer::next(Instant now) {
  if (!more(now)) return std::nullopt;
  const bool open = load_.kind == Load::Kind::open;
  if (open ? scheduled() > now : running_ >= load_.concurrency) return std::nullopt;
  const Start start{.index = count_, .intended = open ? scheduled() : now};
  ++count_;
  ++running_;
  return start;
}

Instant Pacer::wake_at() const {
  return load_.kind == Load::Kind::open && more(scheduled()) ? scheduled() : kNever;
}

bool Pacer::more(Instant now) const {
  if (stopped_ || (extent_.requests > 0 && count_ >= extent_.requests)) return false;
  const Instant moment = load_.kind == Load::Kind::open ? scheduled() : now;
  return extent_.duration == Delay(0) || moment < started_ + extent_.duration;
}

Instant Pacer::scheduled() const {
  return started_ + Delay(static_cast<std::int64_t>(static_cast<double>(count_) * 1e6 / load_.rate));
}

LoadOutcome run_load(boost::asio::io_context& io, Client& client, const Load& load, const Extent& extent,
                     const std::function<ChatRequest(std::int64_t)>& request, Measurements& measurements,
                     const LoadObserver& observer) {
  return LoadRun(io, client, load, extent, request, measurements, observer).run();
}

}  // namespace throng::llm::bench
