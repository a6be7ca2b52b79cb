#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/sim/external.h"

namespace throng {

/// A request on its way to rank 0. Its parts as `SentTexts` puts them.
struct ForwardedCall {
  struct Text {
    static constexpr std::uint16_t kNowhere = 0xFFFF;
    std::uint16_t place = kNowhere;  ///< where the receiver has it already; kNowhere: `text` is it
    std::string text{};
  };

  CallKey key;
  RequestKind kind = RequestKind::completion;
  std::uint32_t chain = 0;
  std::vector<Text> parts{};
};

/// From a rank to rank 0.
struct ForwardedCalls {
  std::vector<ForwardedCall> calls{};
  bool is_last = false;  ///< of this rank in this window
};

/// How a window has ended.
struct WindowEnd {
  int kind = 0;  ///< an ErrorKind; 0: all ranks are through with it
  std::string message{};
};

/// From rank 0 to a rank that has asked.
struct ForwardedReplies {
  std::vector<std::pair<CallKey, std::string>> replies{};
  std::optional<WindowEnd> end{};  ///< nothing follows it in this window
};

std::string packed(const ForwardedCalls& calls);
std::string packed(const ForwardedReplies& replies);
/// Throw as `unpack`.
ForwardedCalls unpacked_calls(const std::string& bytes);
ForwardedReplies unpacked_replies(const std::string& bytes);

/// Where a text lies that was sent before: a table of the texts sent last, which the sender (as hashes) and the receiver (as texts) keep
/// alike, each for itself, because messages arrive in the order in which they were sent. What many requests share (instructions, a
/// schema, settings) is sent once in some hundred calls; what is said once (a page) takes a place for a while.
inline constexpr std::size_t kTextPlaces = 256;

class SentTexts {
 public:
  ForwardedCall::Text pack(std::string text);

 private:
  std::array<Hash128, kTextPlaces> sent_{};
};

class ReceivedTexts {
 public:
  /// Throws Failure(unexpected) for a text that was not sent before.
  std::string unpack(ForwardedCall::Text text);

 private:
  std::array<std::string, kTextPlaces> received_{};
};

}  // namespace throng
