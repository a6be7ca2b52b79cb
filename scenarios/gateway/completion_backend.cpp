#include <algorithm>

#include <fmt/format.h>

#include "agents/minds/llm_mind.h"
#include "agents/minds/reading/reply_fields.h"
#include "llm/endpoint_paths.h"
#include "scenarios/gateway/backends.h"

namespace throng {
namespace {

/// So many replies of an endpoint, of which none can be used, are no bad luck any more: even of a model that fails at
/// 70 % of its replies the first twenty are such in one run of 1,250.
constexpr int kFirstReplies = 20;

/// Whom a call went to, what that costs, and how it goes.
struct Supplier {
  std::string name;
  std::string model;
  llm::Prices prices;
  int useless = 0;  ///< replies, before the first that could be used
  bool ever_useful = false;
};

/// What keeps a mind from using a reply, as far as it can be told without the page that it is about; "" if nothing does.
std::string problem_of(const llm::Completion& completion, const llm::OutputSchema* schema) {
  if (schema != nullptr) {
    auto read = read_structured(completion, *schema);
    return std::holds_alternative<llm::Output>(read) ? "" : std::get<std::string>(std::move(read));
  }
  if (std::string fault = fault_of(completion); !fault.empty()) return fault;
  const bool has_label = std::ranges::any_of(
      reply_fields(completion.text), [](const ReplyField& field) { return field.kind != FieldKind::text; });
  return has_label ? "" : "it has none of the labels that were asked for";
}

std::vector<Supplier> suppliers(const std::vector<llm::EndpointOptions>& endpoints) {
  std::vector<Supplier> suppliers;
  for (const llm::EndpointOptions& endpoint : endpoints) {
    const llm::Price& price = endpoint.price;
    suppliers.push_back({.name = llm::endpoint_paths(endpoint).value().origin,
                         .model = endpoint.model,
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
llm::Spending booked_by(const llm::Client& client) {
  const llm::BudgetBooks& books = client.planner().budget().books();
  llm::Spending booked = books.counted();
  booked += books.uncounted().most;
  return booked;
}

}  // namespace

Error error_of(const llm::CallFailure& failure) {
  const bool is_our_mistake =
      failure.fault == llm::CallFault::rejected || failure.fault == llm::CallFault::too_large;
  return {is_our_mistake ? ErrorKind::usage : ErrorKind::stopped, failure.message};
}

struct CompletionBackend::Impl {
  Impl(boost::asio::io_context& io_context, std::vector<llm::EndpointOptions> endpoints,
       const llm::Environment& environment, llm::ClientOptions options, UselessEndpoint what_of_useless)
      : suppliers(throng::suppliers(endpoints)),
        useless(what_of_useless),
        client(io_context, std::move(endpoints), environment, std::move(options)) {}

  Result<JournaledReply> reply_of(llm::CallResult<llm::Reply>& result) const {
    if (result) return journaled(result->completion, result->report);
    const llm::CallFailure& failure = result.error();
    if (failure.fault == llm::CallFault::declined) return journaled(declined(failure), failure.report);
    return error_of(failure);
  }

  JournaledReply journaled(const llm::Completion& completion, const llm::CallReport& report) const {
    JournaledReply journaled = receipt(report, {.prompt = completion.usage.prompt,
                                                .cached = completion.usage.cached,
                                                .completion = completion.usage.completion});
    journaled.reply = llm::completion_text(completion);
    return journaled;
  }

  JournaledReply receipt(const llm::CallReport& report, const llm::TokenCounts& tokens) const {
    const Supplier& supplier = suppliers[report.endpoint];
    return {.reply = "",
            .endpoint = supplier.name,
            .model = supplier.model,
            .attempts = report.attempts,
            .prompt_tokens = tokens.prompt,
            .cached_tokens = tokens.cached,
            .completion_tokens = tokens.completion,
            .usd = llm::cost(supplier.prices, tokens).dollars()};
  }

  /// Stops asking an endpoint whose first replies all had a problem.
  void judge(std::size_t endpoint, const std::string& problem) {
    Supplier& supplier = suppliers[endpoint];
    if (problem.empty()) supplier.ever_useful = true;
    if (supplier.ever_useful || useless == UselessEndpoint::goes_on) return;
    if (++supplier.useless != kFirstReplies) return;
    client.halt(endpoint, fmt::format("none of its first {} replies could be used, the last: {}",
                                      kFirstReplies, problem));
  }

  void judge(const llm::CallResult<llm::Reply>& result, const llm::OutputSchema* schema) {
    if (result) {
      judge(result->report.endpoint, problem_of(result->completion, schema));
    } else if (result.error().fault == llm::CallFault::declined) {
      judge(result.error().report.endpoint, result.error().message);
    }
  }

  std::vector<Supplier> suppliers;
  UselessEndpoint useless;
  llm::LogicalRequestReader reader;
  llm::Client client;
  llm::Spending booked_before = booked_by(client);
};

CompletionBackend::CompletionBackend(boost::asio::io_context& io, std::vector<llm::EndpointOptions> endpoints,
                                     const llm::Environment& environment, llm::ClientOptions options,
                                     UselessEndpoint useless)
    : impl_(std::make_unique<Impl>(io, std::move(endpoints), environment, std::move(options), useless)) {}

CompletionBackend::~CompletionBackend() = default;

void CompletionBackend::ask(std::span<const std::string> parts, std::uint32_t chain, Done done) {
  llm::ChatRequest request = impl_->reader.read(parts);
  const auto schema = request.schema;
  impl_->client.complete(std::move(request), chain,
                         [this, schema, done = std::move(done)](llm::CallResult<llm::Reply> result) {
                           impl_->judge(result, schema.get());
                           done(impl_->reply_of(result));
                         });
}

llm::Client& CompletionBackend::client() { return impl_->client; }

JournaledReply CompletionBackend::receipt(const llm::CallReport& report,
                                          const llm::TokenCounts& tokens) const {
  return impl_->receipt(report, tokens);
}

void CompletionBackend::wind_down() { impl_->client.wind_down(); }

Json CompletionBackend::account() const {
  Json account = impl_->client.planner().ledger().to_json();
  llm::Spending booked = booked_by(impl_->client);
  booked -= impl_->booked_before;
  account["booked"] = {{"tokens", booked.tokens}, {"pico_usd", booked.money.pico}};
  return account;
}

}  // namespace throng
