#include "scenarios/run/llm_line.h"

#include <boost/asio/io_context.hpp>

#include "llm/endpoint_paths.h"

namespace throng {
namespace {

/// Whom a call went to, and what that costs.
struct Supplier {
  std::string name;
  llm::Prices prices;
};

std::vector<Supplier> suppliers(const std::vector<llm::EndpointOptions>& endpoints) {
  std::vector<Supplier> suppliers;
  for (const llm::EndpointOptions& endpoint : endpoints) {
    const llm::Price& price = endpoint.price;
    suppliers.push_back({.name = llm::endpoint_paths(endpoint).value().origin,
                         .prices = llm::Prices::per_million(price.prompt, price.cached, price.completion)});
  }
  return suppliers;
}

/// What a server says once and for all about a text is a reply, and nobody pays for it.
llm::Completion declined(const llm::CallFailure& failure) {
  return {.refusal = failure.message,
          .finish = llm::FinishReason::content_filter,
          .usage = {.source = llm::UsageSource::server}};
}

/// What was spent, or may have been, by calls that are over.
llm::Spending booked_by(const llm::EndpointClient& client) {
  const llm::BudgetBooks& books = client.planner().budget().books();
  llm::Spending booked = books.counted();
  booked += books.uncounted().most;
  return booked;
}

ErrorKind kind_of(llm::CallFault fault) {
  const bool is_our_mistake = fault == llm::CallFault::rejected || fault == llm::CallFault::too_large;
  return is_our_mistake ? ErrorKind::usage : ErrorKind::stopped;
}

}  // namespace

struct LlmLine::Impl {
  Impl(boost::asio::io_context& io_context, std::vector<llm::EndpointOptions> endpoints,
       const llm::Environment& environment, llm::ClientOptions options)
      : suppliers(throng::suppliers(endpoints)),
        io(io_context),
        client(io, std::move(endpoints), environment, std::move(options)) {}

  Result<JournaledReply> reply_of(llm::CallResult<llm::Reply>& result) const {
    if (result) return journaled(result->completion, result->report);
    const llm::CallFailure& failure = result.error();
    if (failure.fault == llm::CallFault::declined) return journaled(declined(failure), failure.report);
    return Error{kind_of(failure.fault), failure.message};
  }

  JournaledReply journaled(const llm::Completion& completion, const llm::CallReport& report) const {
    const Supplier& supplier = suppliers[report.endpoint];
    const llm::TokenCounts tokens{.prompt = completion.usage.prompt,
                                  .cached = completion.usage.cached,
                                  .completion = completion.usage.completion};
    return JournaledReply{.reply = llm::completion_text(completion),
                          .endpoint = supplier.name,
                          .attempts = report.attempts,
                          .usd = llm::cost(supplier.prices, tokens).dollars()};
  }

  std::vector<Supplier> suppliers;
  boost::asio::io_context& io;
  llm::LogicalRequestReader reader;
  llm::EndpointClient client;
  llm::Spending booked_before = booked_by(client);
};

LlmLine::LlmLine(boost::asio::io_context& io, std::vector<llm::EndpointOptions> endpoints,
                 const llm::Environment& environment, llm::ClientOptions options)
    : impl_(std::make_unique<Impl>(io, std::move(endpoints), environment, std::move(options))) {}

LlmLine::~LlmLine() = default;

void LlmLine::ask(std::span<const std::string> parts, std::uint32_t chain, Done done) {
  impl_->client.complete(
      impl_->reader.read(parts), chain,
      [this, done = std::move(done)](llm::CallResult<llm::Reply> result) { done(impl_->reply_of(result)); });
}

void LlmLine::pump(std::chrono::milliseconds most) { pump_line(impl_->io, most); }

void LlmLine::wind_down() { impl_->client.wind_down(); }

Json LlmLine::account() const {
  Json account = impl_->client.planner().ledger().to_json();
  llm::Spending booked = booked_by(impl_->client);
  booked -= impl_->booked_before;
  account["booked"] = {{"tokens", booked.tokens}, {"pico_usd", booked.money.pico}};
  return account;
}

}  // namespace throng
