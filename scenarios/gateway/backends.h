#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "llm/client.h"
#include "recsys/external/remote_client.h"
#include "scenarios/store/journal.h"

namespace throng {

/// Who answers the requests of one kind, for a price. Everything is called and completes on one thread, that of the io_context
/// that it lives on.
class Backend {
 public:
  /// The Error says why there is no reply: stopped if there may be one later.
  using Done = std::function<void(Result<JournaledReply>)>;

  virtual ~Backend() = default;

  /// Asks; see ExternalRequest. `done` is called exactly once, from within the io_context.
  virtual void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) = 0;
  /// See Gateway::tell.
  virtual void tell(const std::vector<std::string>& /*parts*/) {}
  /// What has been asked goes out now: no more is to be gathered with it.
  virtual void flush() {}
  /// Asks nobody any more; what is under way goes on, the rest ends with an Error (stopped).
  virtual void wind_down() = 0;
  /// What was asked and what became of it, for a person: an object.
  virtual Json account() const = 0;
};

/// The Error of a call that ended without a reply.
Error error_of(const llm::CallFailure& failure);

/// What becomes of an endpoint none of whose replies can be used.
enum class UselessEndpoint {
  is_halted,  ///< after the first replies
  goes_on,
};

/// Language models at one or more endpoints.
class CompletionBackend : public Backend {
 public:
  /// `io` outlives the backend. Throws Failure(usage) for an endpoint that cannot work or a key that is missing.
  CompletionBackend(boost::asio::io_context& io, std::vector<llm::EndpointOptions> endpoints,
                    const llm::Environment& environment, llm::ClientOptions options,
                    UselessEndpoint useless = UselessEndpoint::is_halted);
  ~CompletionBackend() override;

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void wind_down() override;
  /// The client's ledger: {"total", "by_model"}, and what this process has booked of the budget: {"booked": {"tokens",
  /// "pico_usd"}}.
  Json account() const override;

  /// Of the same endpoints, budget and accounts, for others who ask them.
  llm::Client& client();
  /// What is journaled of a reply beside its text: who gave it, and what it cost.
  JournaledReply receipt(const llm::CallReport& report, const llm::TokenCounts& tokens) const;

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

/// So many texts are in one request for embeddings at most: what Hugging Face's TEI takes as it comes, and all others.
inline constexpr std::size_t kMostTexts = 32;

/// Embeddings of texts, at endpoints among those of a CompletionBackend. What is asked until `flush` goes in requests of up to
/// `kMostTexts` texts. A reply is a vector as `llm::vector_text` writes it, with its text's share of the request's tokens; or "", of a text
/// that the server declines: where it declines a request of several, each text is asked alone. `chain` counts for nothing.
class EmbeddingBackend : public Backend {
 public:
  /// `models` outlives the backend.
  explicit EmbeddingBackend(CompletionBackend& models) : models_(models) {}

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void flush() override;
  void wind_down() override;
  /// {"embeddings": {"requests", "texts"}}: what was sent, and how many texts in it; {} if nothing was.
  Json account() const override;

 private:
  struct Asked {
    std::string text;
    Done done;
  };
  using Batch = std::vector<Asked>;

  void send(const llm::EmbeddingRequest& request, Batch batch);
  void answer(const llm::EmbeddingRequest& request, Batch& batch,
              const llm::CallResult<llm::Embeddings>& result);

  CompletionBackend& models_;
  std::map<std::string, Batch> gathered_;  ///< by the settings of their requests
  std::int64_t requests_ = 0;
  std::int64_t texts_ = 0;
};

/// A remote recommender. Its requests have two parts, a context and a question; what it is told has two, a target and a body
/// (recsys/models/remote_protocol.h).
class RankingBackend : public Backend {
 public:
  /// `names` outlives the backend. Throws Failure(usage) for a server that cannot be asked or a missing key.
  RankingBackend(boost::asio::io_context& io, const remote::RemoteOptions& options,
                 const remote::Names& names, Delay patience, const remote::Client::Log& log);

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void tell(const std::vector<std::string>& parts) override;
  void flush() override { client_.flush(); }
  void wind_down() override { client_.wind_down(); }
  /// {"rankings": {"requests", "rankings", "retries", "lessons"}}
  Json account() const override;

 private:
  std::string origin_;
  remote::Client client_;
};

}  // namespace throng
