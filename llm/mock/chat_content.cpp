#include "llm/mock/chat_content.h"

#include <algorithm>

#include "llm/mock/chat_call.h"
#include "llm/mock/schema_value.h"
#include "llm/mock/text.h"

namespace throng::llm::mock {
namespace {

constexpr Purpose kText("mock/text");
constexpr Purpose kValue("mock/value");
constexpr Purpose kMisfit("mock/misfit");

std::string filler(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  DrawStream stream(draws, kText);
  std::int64_t tokens = std::max(stream.between(range.min, range.max), call.min_tokens);
  if (call.max_tokens) tokens = std::min(tokens, *call.max_tokens + 1);  // one more shows that it was cut
  std::string text;
  append_filler(text, tokens, stream);
  return text;
}

std::string fitting(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  std::string text;
  DrawStream stream(draws, kValue);
  switch (call.format) {
    case ReplyFormat::text:
      return filler(call, range, draws);
    case ReplyFormat::json_object:
      if (call.schema) break;
      return R"({"text":")" + filler(call, range, draws) + R"("})";
    case ReplyFormat::json_schema:
      break;
  }
  if (!append_value(text, call.schema, stream)) text = "null";
  return text;
}

std::string misfitting(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  if (call.format == ReplyFormat::text) return "";
  const std::string right = fitting(call, range, draws);
  DrawStream stream(draws, kMisfit);
  switch (stream.bits() % 4) {
    case 0:
      return right.substr(0, right.size() / 2);
    case 1:
      return "Of course, with pleasure.";
    case 2:
      break;
    default:
      if (call.schema && wants_object(call.schema)) {
        std::string text;
        DrawStream same(draws, kValue);
        if (append_value(text, call.schema, same, Fits::lacks_member) && text != right) return text;
      }
      break;
  }
  return right.starts_with('{') ? "[]" : "{}";
}

}  // namespace

ChatContent chat_content(const ChatCall& call, const Range<int>& tokens, ContentFault fault,
                         const Draws& draws) {
  return cut_content(
      fault == ContentFault::no ? fitting(call, tokens, draws) : misfitting(call, tokens, draws), call);
}

ChatContent cut_content(std::string text, const ChatCall& call) {
  ChatContent content{.text = std::move(text)};
  if (call.max_tokens && token_count(content.text.size()) > *call.max_tokens) {
    content.text.resize(cut_to_tokens(content.text, *call.max_tokens).size());
    content.finish = FinishReason::length;
  }
  return content;
}

}  // namespace throng::llm::mock
