#include <cmath>
#include <memory>
#include <utility>

#include "llm/tokens.h"
#include "scenarios/gateway/backends.h"

namespace throng {
namespace {

/// `tokens` of a request for several texts, divided among them by their estimates; the sum stays.
std::vector<std::int64_t> shares(std::int64_t tokens, const std::vector<std::string>& texts) {
  double whole = 0;
  for (const std::string& text : texts) whole += static_cast<double>(llm::estimate_tokens(text));
  std::vector<std::int64_t> shares;
  double upto = 0;
  std::int64_t given = 0;
  for (const std::string& text : texts) {
    upto += static_cast<double>(llm::estimate_tokens(text));
    const std::int64_t due = whole == 0 ? tokens : std::llround(static_cast<double>(tokens) * upto / whole);
    shares.push_back(due - given);
    given = due;
  }
  return shares;
}

/// Whether it may be about one of several texts, or about their number.
bool may_go_alone(llm::CallFault fault) {
  return fault == llm::CallFault::declined || fault == llm::CallFault::too_large;
}

}  // namespace

void EmbeddingBackend::ask(std::span<const std::string> parts, std::uint32_t /*chain*/, Done done) {
  Batch& batch = gathered_[parts[0]];
  batch.push_back({.text = parts[1], .done = std::move(done)});
  if (batch.size() == kMostTexts) send(llm::embedding_request_from(parts[0]), std::exchange(batch, {}));
}

void EmbeddingBackend::flush() {
  for (auto& [settings, batch] : std::exchange(gathered_, {})) {
    if (!batch.empty()) send(llm::embedding_request_from(settings), std::move(batch));
  }
}

void EmbeddingBackend::send(const llm::EmbeddingRequest& request, Batch batch) {
  std::vector<std::string> texts;
  texts.reserve(batch.size());
  for (const Asked& asked : batch) texts.push_back(asked.text);
  ++requests_;
  texts_ += std::ssize(texts);
  const auto waiting = std::make_shared<Batch>(std::move(batch));
  models_.client().embed(request, std::move(texts),
                         [this, request, waiting](const llm::CallResult<llm::Embeddings>& result) {
                           answer(request, *waiting, result);
                         });
}

void EmbeddingBackend::answer(const llm::EmbeddingRequest& request, Batch& batch,
                              const llm::CallResult<llm::Embeddings>& result) {
  if (!result && may_go_alone(result.error().fault) && batch.size() > 1) {
    for (Asked& alone : batch) {
      Batch one;
      one.push_back(std::move(alone));
      send(request, std::move(one));
    }
    return;
  }
  if (!result) {
    const llm::CallFailure& failure = result.error();
    for (const Asked& asked : batch) {
      if (failure.fault == llm::CallFault::declined) {
        asked.done(models_.receipt(failure.report, {}));
      } else {
        asked.done(error_of(failure));
      }
    }
    return;
  }
  std::vector<std::string> texts;
  for (Asked& asked : batch) texts.push_back(std::move(asked.text));
  const std::vector<std::int64_t> tokens = shares(result->batch.usage.prompt, texts);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    JournaledReply reply = models_.receipt(result->report, {.prompt = tokens[i]});
    reply.reply = llm::vector_text(result->batch.row(i));
    batch[i].done(std::move(reply));
  }
}

void EmbeddingBackend::wind_down() {
  models_.client().wind_down();
  flush();  // to nobody: each ends as stopped
}

Json EmbeddingBackend::account() const {
  if (requests_ == 0) return Json::object();
  return {{"embeddings", {{"requests", requests_}, {"texts", texts_}}}};
}

}  // namespace throng
