#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/http/http_client.h"
#include "engine/http/http_message.h"
#include "llm/call_planner.h"
#include "llm/client.h"
#include "llm/wire/api_error.h"
#include "llm/wire/capabilities.h"
#include "llm/wire/stream.h"

namespace throng::llm {

/// How many tokens a request has, before any server has counted them.
CallSize size_of(const ChatRequest& request);

/// What an attempt of a job brought: a reply of its kind, or how it ended instead.
struct Decision {
  AttemptEnd end;
  std::variant<std::monostate, Completion, EmbeddingBatch> reply;
  std::optional<LearnedCapabilities> lesson;
  std::string learned{};  ///< what the endpoint learned of it, for a person, once
};

/// There is nothing at the address, or another kind of thing.
bool is_nothing_there(const AttemptEnd& end);

/// Where a request went.
struct SentTo {
  std::string origin;
  std::string target;
};

/// A call of a Client's from its beginning to its end: what is asked, who wants to know, and the attempt
/// under way.
struct Job {
  struct Chat {
    ChatRequest request;
    Client::Done<Reply> done;
  };
  struct Embedding {
    EmbeddingRequest request;
    std::vector<std::string> inputs;
    Client::Done<Embeddings> done;
  };

  Job(ChatRequest request, Client::Done<Reply> done) : asked(Chat{std::move(request), std::move(done)}) {}
  Job(EmbeddingRequest request, std::vector<std::string> inputs, Client::Done<Embeddings> done)
      : asked(Embedding{std::move(request), std::move(inputs), std::move(done)}) {}

  bool is_chat() const { return std::holds_alternative<Chat>(asked); }
  const std::string& model() const;
  CallSize size() const;
  /// Bytes that no honest reply exceeds.
  std::uint64_t reply_limit() const;
  void encode(const Capabilities& capabilities, std::string& body) const;
  std::vector<std::string_view> left_out(const Capabilities& capabilities) const;

  /// An attempt begins.
  void start(const Attempt& attempt, Instant now, const Capabilities& capabilities, const Secrets& secrets);
  /// A piece of a streamed reply.
  void take(std::string_view bytes, Instant now);
  void keep_timings(const net::HttpResult& result, Instant now);
  /// What the attempt brought. To be called once for each.
  Decision read(const net::HttpResult& result, const Secrets& secrets, WallTime now);

  /// Hands the reply over.
  void deliver(Decision decision, const Verdict& verdict) const;
  /// Hands a failure over; the report is added.
  void fail(CallFailure failure) const;

  std::variant<Chat, Embedding> asked;
  CallReport report;
  Instant submitted;
  Instant sent;
  Capabilities sent_with;                  ///< of the endpoint, when the attempt began
  SentTo sent_to;                          ///< the attempt's request
  net::HttpClient* client = nullptr;       ///< of the attempt under way
  std::optional<net::CallId> http;         ///< while an attempt is under way
  std::optional<StreamAssembly> assembly;  ///< while a streamed one is
  std::string last_failure;                ///< as the ledger calls it
};

}  // namespace throng::llm
