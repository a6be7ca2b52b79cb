#include "scenarios/gateway/call_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace throng {
namespace {

/// Prices of calls are added in the order in which replies came, which must not show: rounded to 1e-12 USD, far below what a token costs.
double without_order(double usd) { return std::round(usd * 1e12) / 1e12; }

Json totals_json(const JournalTotals& totals) {
  return {{"calls", totals.calls},
          {"attempts", totals.attempts},
          {"retries", totals.attempts - totals.calls},
          {"prompt_tokens", totals.prompt_tokens},
          {"cached_tokens", totals.cached_tokens},
          {"completion_tokens", totals.completion_tokens},
          {"usd", without_order(totals.usd)}};
}

void add(const JournalTotals& one, JournalTotals& sum) {
  if (one.kind == RequestKind::completion) {
    sum.calls += one.calls;
    sum.attempts += one.attempts;
  }
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

/// What is counted per agent.
void add_shares(Json& report) {
  const double agents = std::max(1.0, report["asking_agents"].get<double>());
  report["calls_per_agent"] = report["calls"].get<double>() / agents;
  report["tokens_per_agent"] =
      (report["prompt_tokens"].get<double>() + report["completion_tokens"].get<double>()) / agents;
}

/// Adds every number of an object, those of objects in it too, to that of the same name.
void add_numbers(const Json& one, Json& sum) {
  for (const auto& [key, value] : one.items()) {
    if (value.is_object()) {
      add_numbers(value, sum.emplace(key, Json::object()).first.value());
    } else if (value.is_number_integer()) {
      sum[key] = sum.value(key, std::int64_t{0}) + value.get<std::int64_t>();
    } else if (value.is_number()) {
      sum[key] = sum.value(key, 0.0) + value.get<double>();
    }
  }
}

/// What tells an entry of by_model from others.
Json names_of(const Json& model) {
  Json names = Json::object();
  for (const auto& [key, value] : model.items()) {
    if (value.is_string()) names[key] = value;
  }
  return names;
}

Json counts_json(const CallCounts& counts) {
  return {{"from_journal", counts.from_journal}, {"replayed", counts.replayed}, {"live", counts.live}};
}

}  // namespace

void ReplyQuality::add(const SessionRecord& session) {
  ++sessions_;
  pages_ += session.pages.size();
  for (const PageRecord& page : session.pages) degraded_pages_ += page.degraded() ? 1 : 0;
  if (session.abandoned()) {
    ++abandoned_;
  } else if (!session.interview) {
    ++missing_interviews_;
  }
  for (const UnusableReply& unusable_reply : session.notes.unusable) {
    ++unusable_[unusable_reply.step];
    if (!unusable_reply.gave_up) ++repairs_;
    last_problem_ = unusable_reply.problem;
  }
  for (const std::string_view taken_from : session.notes.unwrapped) ++unwrapped_[std::string(taken_from)];
}

void ReplyQuality::merge(const ReplyQuality& other) {
  sessions_ += other.sessions_;
  pages_ += other.pages_;
  degraded_pages_ += other.degraded_pages_;
  abandoned_ += other.abandoned_;
  missing_interviews_ += other.missing_interviews_;
  repairs_ += other.repairs_;
  if (!other.last_problem_.empty()) last_problem_ = other.last_problem_;
  for (const auto& [step, count] : other.unusable_) unusable_[step] += count;
  for (const auto& [taken_from, count] : other.unwrapped_) unwrapped_[taken_from] += count;
}

double ReplyQuality::degraded_share() const {
  return pages_ == 0 ? 0 : static_cast<double>(degraded_pages_) / static_cast<double>(pages_);
}

Json ReplyQuality::json() const {
  Json unusable = Json::object();
  for (const auto& [step, count] : unusable_) unusable[to_string(step)] = count;
  Json unwrapped = Json::object();
  for (const auto& [taken_from, count] : unwrapped_) unwrapped[taken_from] = count;
  return {{"sessions", sessions_},
          {"pages", pages_},
          {"degraded_pages", degraded_pages_},
          {"degraded_share", degraded_share()},
          {"abandoned_agents", abandoned_},
          {"missing_interviews", missing_interviews_},
          {"unusable_replies", unusable},
          {"repairs", repairs_},
          {"unwrapped_replies", unwrapped}};
}

Json sum_of_call_reports(const std::vector<Json>& reports) {
  Json sum = Json::object();
  Json by_model = Json::array();
  for (const Json& report : reports) {
    add_numbers(report, sum);
    for (const Json& model : report["by_model"]) {
      const Json names = names_of(model);
      auto found =
          std::ranges::find_if(by_model, [&](const Json& other) { return names_of(other) == names; });
      if (found == by_model.end()) {
        by_model.push_back(names);
        found = std::prev(by_model.end());
      }
      add_numbers(model, *found);
    }
  }
  add_shares(sum);
  sum["degraded_share"] = sum["degraded_pages"].get<double>() / std::max(1.0, sum["pages"].get<double>());
  sum["by_model"] = std::move(by_model);
  return sum;
}

Json ranking_report(const CallCounts& counts) { return counts_json(counts); }

Json call_report(const Journal& journal, const CallCounts& counts, const CallCounts& embeddings) {
  JournalTotals sum;
  Json by_model = Json::array();
  std::int64_t texts = 0;
  for (const JournalTotals& totals : journal.totals()) {
    add(totals, sum);
    Json& entry = by_model.emplace_back(Json{{"endpoint", totals.endpoint}, {"model", totals.model}});
    if (totals.kind == RequestKind::embedding) {
      entry["kind"] = "embedding";
      texts += totals.calls;
    }
    entry.update(totals_json(totals));
  }
  Json report = totals_json(sum);
  report.update(counts_json(counts));
  report["asking_agents"] = journal.actors();
  add_shares(report);
  report["by_model"] = by_model;
  if (texts > 0) {
    report["embeddings"] = counts_json(embeddings);
    report["embeddings"]["texts"] = texts;
  }
  report["failed_attempts"] = failed_attempts(journal);
  report["implausible_usage"] = implausible_usage(journal);
  return report;
}

}  // namespace throng
