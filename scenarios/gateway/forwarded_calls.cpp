#include "scenarios/gateway/forwarded_calls.h"

#include <fmt/format.h>

#include "engine/ranks/packing.h"

namespace throng {

// For packing.

template <class Archive>
void serialize(Archive& archive, CallKey& key) {
  archive(key.actor, key.request, key.occurrence);
}

template <class Archive>
void serialize(Archive& archive, ForwardedCall::Text& text) {
  archive(text.place, text.text);
}

template <class Archive>
void serialize(Archive& archive, ForwardedCall& call) {
  archive(call.key, call.kind, call.chain, call.parts);
}

template <class Archive>
void serialize(Archive& archive, ForwardedCalls& calls) {
  archive(calls.calls, calls.is_last);
}

template <class Archive>
void serialize(Archive& archive, WindowEnd& end) {
  archive(end.kind, end.message);
}

template <class Archive>
void serialize(Archive& archive, ForwardedReplies& replies) {
  archive(replies.replies, replies.end);
}

namespace {

/// Shorter texts are sent as they are: less than what they would save.
constexpr std::size_t kShortText = 64;

std::size_t text_place(const Hash128& hash) { return hash.low % kTextPlaces; }

}  // namespace

std::string packed(const ForwardedCalls& calls) { return pack(calls); }
std::string packed(const ForwardedReplies& replies) { return pack(replies); }
ForwardedCalls unpacked_calls(const std::string& bytes) { return unpack<ForwardedCalls>(bytes); }
ForwardedReplies unpacked_replies(const std::string& bytes) { return unpack<ForwardedReplies>(bytes); }

ForwardedCall::Text SentTexts::pack(std::string text) {
  if (text.size() < kShortText) return {.text = std::move(text)};
  const Hash128 hash = hash128(text);
  const std::size_t place = text_place(hash);
  if (sent_[place] == hash) return {.place = static_cast<std::uint16_t>(place)};
  sent_[place] = hash;
  return {.text = std::move(text)};
}

std::string ReceivedTexts::unpack(ForwardedCall::Text text) {
  if (text.place == ForwardedCall::Text::kNowhere) {
    if (text.text.size() >= kShortText) received_[text_place(hash128(text.text))] = text.text;
    return std::move(text.text);
  }
  if (text.place >= kTextPlaces || received_[text.place].empty()) {
    throw Failure(ErrorKind::unexpected,
                  fmt::format("another rank refers to text {}, which it has not sent", text.place));
  }
  return received_[text.place];
}

}  // namespace throng
