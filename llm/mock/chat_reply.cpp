#include "llm/mock/chat_reply.h"

#include "llm/mock/text.h"
#include "llm/wire/json_text.h"

namespace throng::llm::mock {
namespace {

/// The same always, so that equal requests get equal replies.
constexpr std::string_view kCommon = R"(","created":1700000000,"system_fingerprint":"fp_mock","model":)";

void append_usage(std::string& out, const Usage& usage) {
  out += R"({"prompt_tokens":)";
  append_json_number(out, usage.prompt);
  out += R"(,"completion_tokens":)";
  append_json_number(out, usage.completion);
  out += R"(,"total_tokens":)";
  append_json_number(out, usage.prompt + usage.completion);
  out += R"(,"prompt_tokens_details":{"cached_tokens":)";
  append_json_number(out, usage.cached);
  out += R"(},"completion_tokens_details":{"reasoning_tokens":0}})";
}

constexpr std::string_view kThought = "Let me see.";

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, text);
}

std::string_view name_of(FinishReason reason) { return reason == FinishReason::length ? "length" : "stop"; }

}  // namespace

std::string chat_body(const ReplyFrame& frame, const ChatContent& content) {
  std::string body;
  body.reserve(480 + content.text.size() + content.text.size() / 8);
  body += R"({"id":")";
  body += frame.id;
  body += R"(","object":"chat.completion)";
  body += kCommon;
  append_json_string(body, frame.model);
  body += R"(,"choices":[{"index":0,"message":{"role":"assistant",)";
  const Dialect& dialect = frame.dialect;
  if (dialect.content_member != "content") body += R"("content":null,)";
  append_text_member(body, dialect.content_member, content.text);
  if (!dialect.reasoning_member.empty()) append_text_member(body += ',', dialect.reasoning_member, kThought);
  body += R"(,"refusal":null},"logprobs":null,"finish_reason":")";
  body += name_of(content.finish);
  body += R"("}],"usage":)";
  append_usage(body, frame.usage);
  body += '}';
  return body;
}

void ChatStream::open_chunk(std::string& out) const {
  out += R"(data: {"id":")";
  out += frame_.id;
  out += R"(","object":"chat.completion.chunk)";
  out += kCommon;
  append_json_string(out, frame_.model);
  out += R"(,"choices":[)";
}

bool ChatStream::next(std::string& out) {
  if (part_ == Part::over) return false;
  out += part_ == Part::role ? frame_.dialect.stream_first : frame_.dialect.stream_between;
  return next_event(out);
}

bool ChatStream::next_event(std::string& out) {
  constexpr std::string_view kEnd = "}\n\n";
  if (part_ == Part::tokens && written_ >= content_.text.size()) part_ = Part::finish;
  if (part_ == Part::usage && !include_usage_) part_ = Part::done;
  switch (part_) {
    case Part::role:
      open_chunk(out);
      out += R"({"index":0,"delta":{"role":"assistant","content":"")";
      if (!frame_.dialect.reasoning_member.empty())
        append_text_member(out += ',', frame_.dialect.reasoning_member, kThought);
      out += R"(},"logprobs":null,"finish_reason":null}])";
      out += kEnd;
      part_ = Part::tokens;
      return true;
    case Part::tokens: {
      const std::size_t end = token_end(content_.text, written_);
      open_chunk(out);
      out += R"({"index":0,"delta":{)";
      append_text_member(out, frame_.dialect.content_member,
                         std::string_view(content_.text).substr(written_, end - written_));
      out += R"(},"logprobs":null,"finish_reason":null}])";
      out += kEnd;
      written_ = end;
      return true;
    }
    case Part::finish:
      open_chunk(out);
      out += R"({"index":0,"delta":{},"logprobs":null,"finish_reason":")";
      out += name_of(content_.finish);
      out += R"("}])";
      out += kEnd;
      part_ = Part::usage;
      return true;
    case Part::usage:
      open_chunk(out);
      out += R"(],"usage":)";
      append_usage(out, frame_.usage);
      out += kEnd;
      part_ = Part::done;
      return true;
    case Part::done:
      out += frame_.dialect.stream_done;
      part_ = Part::over;
      return true;
    case Part::over:
      break;
  }
  return false;
}

std::int64_t ChatStream::tokens() const { return token_count(written_); }

}  // namespace throng::llm::mock
