#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ranks/ranks.h"
#include "scenarios/gateway/forwarded_calls.h"
#include "scenarios/gateway/journaled_gateway.h"

// The gateways of a run over several ranks: whatever any of them asks goes through rank 0's, which has the journal, the budget and the
// limits. Nobody can be woken by a message of another rank, so that both look for some again and again, with pauses in between.
//
// Each window every rank but the first sends rank 0 calls until one message is its last (in `close_window`), and rank 0 sends each of
// them replies until one message ends the window: because all are through, or because the run cannot go on. Nothing of a window is
// left in the channel after that.
//
// Memory: a rank has so many calls under way as its Platform has sessions (a few per call that may be in flight, shared out among the
// ranks), so that what lies in messages, in rank 0's gateway and in its list of who asked is at most the sum of these.

namespace throng {

/// Pauses between looking for messages: short ones while there are some, up to 2 ms when there are none.
class Pauses {
 public:
  void pause();
  void reset() { next_ = kShortest; }

  static constexpr std::chrono::microseconds kShortest{50};
  static constexpr std::chrono::microseconds kLongest{2000};

 private:
  std::chrono::microseconds next_ = kShortest;
};

/// Asked in `close_window` while others go on: true if this process was told to end the run (an interrupt), of which the others then learn
/// (`tell_to_stop`). May be empty: never.
using WantsStop = std::function<bool()>;

/// Rank 0's: serves its own agents and those of all other ranks. A failure of `own` (the budget is reached, a replay lacks a reply) ends
/// the window on all ranks.
class ServingGateway : public Gateway {
 public:
  /// Everything outlives it.
  ServingGateway(JournaledGateway& own, Ranks& ranks, WantsStop wants_stop = {});

  void submit(const CallKey& key, ExternalRequest request) override { own_.submit(key, std::move(request)); }
  void tell(RequestKind kind, const std::vector<std::string>& parts) override { own_.tell(kind, parts); }
  void wait(const Deliver& deliver) override;
  /// Serves the others until they are through.
  void close_window() override;

 private:
  struct Other {
    ReceivedTexts texts{};
    ForwardedReplies outgoing{};
    bool is_through = false;  ///< with this window
  };

  bool hear();
  void take(const Ranks::Message& message);
  void serve(const Deliver& deliver);
  void send_replies();
  void end_window(const WindowEnd& end);
  bool all_are_through() const;

  JournaledGateway& own_;
  Ranks& ranks_;
  WantsStop wants_stop_;
  std::vector<Other> others_;                ///< by rank; the first is not used
  std::map<CallKey, std::size_t> asked_by_;  ///< calls of others under way, and of which rank
  bool failed_ = false;                      ///< and all ranks have been told
  Pauses pauses_;
};

/// That of all other ranks: asks rank 0. Whatever fails there is thrown here as FailedElsewhere.
class ForwardingGateway : public Gateway {
 public:
  /// Everything outlives it.
  explicit ForwardingGateway(Ranks& ranks, WantsStop wants_stop = {});

  void submit(const CallKey& key, ExternalRequest request) override;
  void wait(const Deliver& deliver) override;
  /// Waits until all ranks are through. Calls that are under way will not be heard of again (rank 0 journals their replies).
  void close_window() override;
  // `tell` does nothing: rank 0 tells.

 private:
  void flush(bool is_last);
  bool hear(const Deliver& deliver);
  void check() const;

  Ranks& ranks_;
  WantsStop wants_stop_;
  SentTexts texts_;
  std::vector<std::pair<CallKey, ExternalRequest>> unsent_;
  std::size_t unsent_bytes_ = 0;
  bool is_through_ = false;       ///< has said so in this window
  std::optional<WindowEnd> end_;  ///< of this window
  Pauses pauses_;
};

}  // namespace throng
