#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/hash.h"
#include "engine/sim/event.h"

namespace throng {

/// What kind of thing is asked of the outside world; each is asked of somebody else. The numbers are stored in journal.db.
enum class RequestKind : std::uint8_t { completion = 1, embedding = 2, ranking = 3 };
inline constexpr std::size_t kRequestKinds = 3;

/// Such as "completion".
const char* to_string(RequestKind kind);

/// Names one call of an actor to the outside world: the n-th time (from 0) that this actor asks this in its window; of an
/// embedding always 0, for a text has one vector, which a journal knows as soon as it has been asked once.
/// Independent of when and where it was sent, so it finds the reply again in a journal.
struct CallKey {
  ActorId actor{};
  Hash128 request;
  std::uint32_t occurrence = 0;

  auto operator<=>(const CallKey&) const = default;
};

/// What an actor asks of the outside world.
struct ExternalRequest {
  RequestKind kind = RequestKind::completion;
  /// The logical request, in pieces: what is asked, not where or how it is sent. Pieces that other requests
  /// have too (instructions, a schema) are pieces of their own, so that a journal can keep each once.
  std::vector<std::string> parts;
  /// How many further calls wait for this one, one after the other: a hint for the order of service.
  std::uint32_t chain = 0;
};

/// What names a request: the hash of the hashes of its parts.
Hash128 request_hash(std::span<const std::string> parts);

/// The way out of the simulation: language models, embeddings, remote rankings.
class CallSink {
 public:
  virtual ~CallSink() = default;

  /// Starts a call and returns at once. Exactly one `Scheduler::complete(key, reply)` must follow, on the
  /// scheduler's thread, after the reply has been made durable; not from within `submit`.
  virtual void submit(const CallKey& key, ExternalRequest request) = 0;
};

/// A way out that serves several schedulers and is waited for. Single-threaded.
class Gateway : public CallSink {
 public:
  using Deliver = std::function<void(const CallKey& key, std::string reply)>;

  /// Hands over replies that have become durable; waits a moment for the first if there is none. Throws
  /// Failure(stopped) if no further reply can be had.
  virtual void wait(const Deliver& deliver) = 0;

  /// To be called when the sessions of a window are over, however they ended: nobody asks until the next window begins. Where several
  /// processes ask through one, this waits until that is so in all of them. Throws as `wait`, but no second time.
  virtual void close_window() {}

  /// Tells whoever answers requests of this kind what they must know before they are asked next. There is no reply, and nothing
  /// of it is journaled: a resumed run tells it again. If nobody is asked, nobody is told.
  virtual void tell(RequestKind /*kind*/, const std::vector<std::string>& /*parts*/) {}
};

}  // namespace throng
