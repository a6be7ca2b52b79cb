#include "scenarios/run/call_report.h"

namespace throng {
namespace {

Json totals_json(const JournalTotals& totals) {
  return {{"calls", totals.calls},
          {"attempts", totals.attempts},
          {"retries", totals.attempts - totals.calls},
          {"prompt_tokens", totals.prompt_tokens},
          {"cached_tokens", totals.cached_tokens},
          {"completion_tokens", totals.completion_tokens},
          {"usd", totals.usd}};
}

void add(const JournalTotals& one, JournalTotals& sum) {
  sum.calls += one.calls;
  sum.attempts += one.attempts;
  sum.prompt_tokens += one.prompt_tokens;
  sum.cached_tokens += one.cached_tokens;
  sum.completion_tokens += one.completion_tokens;
  sum.usd += one.usd;
}

/// By kind, over the ledgers of all processes; `broken off`: while the server may have been at work.
Json failed_attempts(const Journal& journal) {
  Json failed = Json::object();
  const auto add = [&](const std::string& kind, std::int64_t count) {
    if (count > 0) failed[kind] = failed.value(kind, std::int64_t{0}) + count;
  };
  for (const Json& account : journal.accounts()) {
    const Json total = account.value("total", Json::object());
    if (!total.contains("failed_attempts")) continue;  // it has asked no language model
    for (const auto& [kind, count] : total["failed_attempts"].items()) add(kind, count.get<std::int64_t>());
    add("broken off", total.value("aborted", std::int64_t{0}));
  }
  return failed;
}

/// Calls whose servers claimed a usage that cannot be, over the ledgers of all processes.
std::int64_t implausible_usage(const Journal& journal) {
  std::int64_t calls = 0;
  for (const Json& account : journal.accounts())
    calls += account.value("total", Json::object()).value("implausible_usage", std::int64_t{0});
  return calls;
}

}  // namespace

void MishapCounts::add(const SessionRecord& session) {
  ++sessions_;
  pages_ += session.pages.size();
  for (const PageRecord& page : session.pages) degraded_pages_ += page.degraded() ? 1 : 0;
  if (session.abandoned()) {
    ++abandoned_;
  } else if (!session.interview) {
    ++missing_interviews_;
  }
  for (const Mishap& mishap : session.notes.mishaps) {
    ++unusable_[mishap.step];
    if (!mishap.gave_up) ++repairs_;
  }
}

double MishapCounts::degraded_share() const {
  return pages_ == 0 ? 0 : static_cast<double>(degraded_pages_) / static_cast<double>(pages_);
}

Json MishapCounts::json() const {
  Json unusable = Json::object();
  for (const auto& [step, count] : unusable_) unusable[to_string(step)] = count;
  return {{"sessions", sessions_},
          {"pages", pages_},
          {"degraded_pages", degraded_pages_},
          {"degraded_share", degraded_share()},
          {"abandoned_agents", abandoned_},
          {"missing_interviews", missing_interviews_},
          {"unusable_replies", unusable},
          {"repairs", repairs_}};
}

Json ranking_report(const CallCounts& counts) {
  return {{"from_journal", counts.from_journal}, {"replayed", counts.replayed}, {"live", counts.live}};
}

Json call_report(const Journal& journal, const CallCounts& counts) {
  JournalTotals sum;
  Json by_model = Json::array();
  for (const JournalTotals& totals : journal.totals()) {
    add(totals, sum);
    Json& entry = by_model.emplace_back(Json{{"endpoint", totals.endpoint}, {"model", totals.model}});
    entry.update(totals_json(totals));
  }
  Json report = totals_json(sum);
  report["from_journal"] = counts.from_journal;
  report["replayed"] = counts.replayed;
  report["live"] = counts.live;
  const auto agents = static_cast<double>(std::max<std::size_t>(1, journal.actors()));
  report["calls_per_agent"] = static_cast<double>(sum.calls) / agents;
  report["tokens_per_agent"] = static_cast<double>(sum.prompt_tokens + sum.completion_tokens) / agents;
  report["by_model"] = by_model;
  report["failed_attempts"] = failed_attempts(journal);
  report["implausible_usage"] = implausible_usage(journal);
  return report;
}

}  // namespace throng
