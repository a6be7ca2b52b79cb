#include "llm/ledger.h"

#include <utility>

namespace throng::llm {
namespace {

Json tokens_json(const TokenCounts& tokens) {
  return {{"prompt", tokens.prompt}, {"cached", tokens.cached}, {"completion", tokens.completion}};
}

Json entry_json(const LedgerEntry& entry) {
  Json failed = Json::object();
  for (const auto& [kind, count] : entry.failed_attempts) failed[kind] = count;
  return {{"calls", entry.calls},
          {"attempts", entry.attempts},
          {"completed", entry.completed},
          {"aborted", entry.aborted},
          {"implausible_usage", entry.implausible},
          {"failed_attempts", failed},
          {"tokens", tokens_json(entry.counted)},
          {"estimated_tokens", tokens_json(entry.estimated)},
          {"usd", entry.spent.dollars()},
          {"estimated_usd", entry.estimated_spent.dollars()}};
}

}  // namespace

LedgerEntry& LedgerEntry::operator+=(const LedgerEntry& other) {
  calls += other.calls;
  attempts += other.attempts;
  completed += other.completed;
  aborted += other.aborted;
  implausible += other.implausible;
  for (const auto& [kind, count] : other.failed_attempts) failed_attempts[kind] += count;
  counted += other.counted;
  estimated += other.estimated;
  spent += other.spent;
  estimated_spent += other.estimated_spent;
  return *this;
}

LedgerAccount Ledger::open(std::string endpoint, std::string model, const Prices& prices) {
  accounts_.push_back({std::move(endpoint), std::move(model), prices, {}});
  return LedgerAccount(static_cast<std::uint32_t>(accounts_.size() - 1));
}

void Ledger::count(LedgerAccount account, const TokenCounts& tokens, CountSource source) {
  LedgerEntry& entry = entry_of(account);
  const Money money = cost(accounts_[index(account)].prices, tokens);
  const bool counted = source == CountSource::server;
  (counted ? entry.counted : entry.estimated) += tokens;
  (counted ? entry.spent : entry.estimated_spent) += money;
}

void Ledger::completed(LedgerAccount account, const TokenCounts& tokens, CountSource source) {
  ++entry_of(account).completed;
  count(account, tokens, source);
}

void Ledger::failed(LedgerAccount account, std::string_view kind) {
  auto& failed = entry_of(account).failed_attempts;
  const auto found = failed.find(kind);
  if (found != failed.end()) {
    ++found->second;
  } else {
    failed.emplace(kind, 1);
  }
}

void Ledger::aborted(LedgerAccount account, const TokenCounts& tokens) {
  ++entry_of(account).aborted;
  count(account, tokens, CountSource::estimated);
}

LedgerEntry Ledger::total() const {
  LedgerEntry total;
  for (const Account& account : accounts_) total += account.entry;
  return total;
}

Json Ledger::to_json() const {
  Json models = Json::array();
  for (const Account& account : accounts_) {
    Json model = {{"endpoint", account.endpoint}, {"model", account.model}};
    model.update(entry_json(account.entry));
    models.push_back(std::move(model));
  }
  return {{"total", entry_json(total())}, {"by_model", std::move(models)}};
}

}  // namespace throng::llm
