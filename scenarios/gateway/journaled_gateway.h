#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "scenarios/gateway/backends.h"
#include "scenarios/store/journal.h"

namespace throng {

/// By kind of request; null: nobody answers such requests.
using Backends = std::array<Backend*, kRequestKinds>;
inline std::size_t place_of(RequestKind kind) { return static_cast<std::size_t>(kind) - 1; }

/// How calls were answered.
struct CallCounts {
  std::uint64_t from_journal = 0;  ///< of this run: paid for before it was interrupted
  std::uint64_t replayed = 0;      ///< from the journal of another run
  std::uint64_t live = 0;          ///< paid for now
  std::uint64_t under_way = 0;

  CallCounts& operator+=(const CallCounts& other);
};

/// The gateway of a run, through its journal: a reply that is in the journal is never asked for again, and a new one is in the
/// journal, committed, before anybody hears of it. Replies are committed in groups: of 64, or what came within 5 ms. A kill
/// loses no more than that and what lay unread: little, as long as `wait` and `submit` are called every few milliseconds.
class JournaledGateway : public Gateway {
 public:
  using Observer = std::function<void(const CallCounts&)>;

  /// `journal`: the run's own. `earlier`: another run's, asked next; what is found there is copied; may be null.
  /// `backends`: who is asked last, all of whom live on `io`. Where there is none, a reply that no journal holds stops the run,
  /// and `without_backend` says why. `observer` hears of every change, often. All outlive the exchange.
  JournaledGateway(Journal& journal, const Journal* earlier, boost::asio::io_context& io,
                   const Backends& backends, Observer observer = {},
                   std::string without_backend = "nobody is asked");

  void submit(const CallKey& key, ExternalRequest request) override;
  void tell(RequestKind kind, const std::vector<std::string>& parts) override;
  void wait(const Deliver& deliver) override;
  /// From now on `wait` returns after this time if nothing happens (100 ms to begin with): there are others to look after.
  void wait_at_most(std::chrono::milliseconds moment) { moment_ = moment; }
  /// Asks for nothing more, waits for what is under way and journals it. No reply is handed over afterwards.
  void drain();

  const CallCounts& counts(RequestKind kind) const { return counts_[place_of(kind)]; }
  CallCounts counts() const;  ///< of all
  Json account() const;       ///< what each backend has to tell, in one object

 private:
  Backend* backend(RequestKind kind) const { return backends_[place_of(kind)]; }
  void pump(std::chrono::milliseconds most);
  void read();
  void keep_up();
  void arrived(const CallKey& key, const ExternalRequest& request, JournaledReply reply);
  bool is_due() const;
  void commit();
  void fail(Error error);

  Journal& journal_;
  const Journal* earlier_;
  boost::asio::io_context& io_;
  Backends backends_;
  Observer observer_;
  using Clock = std::chrono::steady_clock;

  std::string without_backend_;
  std::chrono::milliseconds moment_{100};
  std::array<CallCounts, kRequestKinds> counts_;         ///< by kind
  std::deque<std::pair<CallKey, std::string>> arrived_;  ///< not handed over yet
  std::size_t durable_ = 0;                              ///< so many of them, from the front, may be
  std::size_t uncommitted_ = 0;                          ///< rows added to the journal
  Clock::time_point first_uncommitted_;
  Clock::time_point last_read_;
  std::optional<Error> failure_;  ///< the first
};

}  // namespace throng
