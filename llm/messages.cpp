#include "llm/messages.h"

#include <bit>
#include <string_view>

namespace throng::llm {
namespace {

/// A sequence of fields, none of which can be mistaken for another: each has its tag and length in front.
class CanonicalText {
 public:
  void add(char tag, std::string_view value) {
    add_number(tag, value.size());
    text_.append(value);
  }
  void add_number(char tag, std::uint64_t value) {
    text_ += tag;
    for (int byte = 0; byte < 8; ++byte) text_ += static_cast<char>(value >> (8 * byte) & 0xFFU);
  }
  void add(char tag, std::optional<double> value) {
    if (value) add_number(tag, std::bit_cast<std::uint64_t>(*value + 0.0));  // -0 is 0
  }
  Hash128 hash() const { return hash128(text_); }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

 private:
  std::string text_;
};

}  // namespace

Hash128 logical_hash(const ChatRequest& request) {
  CanonicalText text;
  std::size_t bytes = 256;
  for (const Message& message : request.messages) bytes += message.content.size() + 16;
  text.reserve(bytes);

  text.add('m', request.model);
  for (const Message& message : request.messages) {
    text.add_number('r', static_cast<std::uint64_t>(message.role));
    text.add('c', message.content);
  }
  if (request.schema != nullptr) {
    text.add('n', request.schema->name());
    text.add('s', request.schema->json());
  }
  text.add('t', request.temperature);
  text.add('p', request.top_p);
  if (request.seed) text.add_number('d', static_cast<std::uint64_t>(*request.seed));
  if (request.max_tokens) text.add_number('x', static_cast<std::uint64_t>(*request.max_tokens));
  for (const std::string& stop : request.stop) text.add('o', stop);
  if (!request.extra.empty()) {
    const nlohmann::json sorted = request.extra;
    text.add('e', sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return text.hash();
}

}  // namespace throng::llm
