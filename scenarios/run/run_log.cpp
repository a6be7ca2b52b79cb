#include "scenarios/run/run_log.h"

#include <tuple>

#include "engine/base/log.h"
#include "engine/base/process.h"

namespace throng {

void MinuteLog::tick(Clock::time_point now) {
  const auto past = now - last_;
  if (past < std::chrono::minutes(1)) return;
  last_ = now;
  const RunFigures figures = read_ ? read_() : RunFigures();
  log_event(LogLevel::info, "minute", "so far",
            {{"rss_mb", rss_bytes() >> 20U},
             {"agents", figures.agents},
             {"pages", figures.pages},
             {"calls_live", figures.calls.live},
             {"calls_from_journal", figures.calls.from_journal + figures.calls.replayed},
             {"calls_under_way", figures.calls.under_way},
             {"usd", figures.usd}});
  const double minutes = std::chrono::duration<double, std::ratio<60>>(past).count();
  const auto rate = [&](auto count, auto before) { return static_cast<double>(count - before) / minutes; };
  log_event(LogLevel::info, "minute", "rates per minute",
            {{"agents", rate(figures.agents, before_.agents)},
             {"pages", rate(figures.pages, before_.pages)},
             {"calls_live", rate(figures.calls.live, before_.calls.live)},
             {"attempts", rate(figures.attempts, before_.attempts)},
             {"prompt_tokens", rate(figures.prompt_tokens, before_.prompt_tokens)},
             {"completion_tokens", rate(figures.completion_tokens, before_.completion_tokens)},
             {"usd", rate(figures.usd, before_.usd)}});
  before_ = figures;
}

RunLog::RunLog(Recorder& next, const RunGateway* gateway, MinuteLog& minutes)
    : next_(next), gateway_(gateway), minutes_(minutes) {
  minutes_.read_from([this] { return figures(); });
}

RunFigures RunLog::figures() const {
  RunFigures figures;
  std::tie(figures.agents, figures.pages) = next_.so_far();
  if (gateway_ == nullptr) return figures;
  figures.calls = gateway_->all_counts();
  const Json account = gateway_->account();
  if (!account.contains("total")) return figures;  // no language models
  const Json& total = account["total"];
  figures.attempts = total["attempts"].get<std::int64_t>();
  for (const char* counted : {"tokens", "estimated_tokens"}) {
    figures.prompt_tokens += total[counted]["prompt"].get<std::int64_t>();
    figures.completion_tokens += total[counted]["completion"].get<std::int64_t>();
  }
  figures.usd = total["usd"].get<double>() + total["estimated_usd"].get<double>();
  return figures;
}

void RunLog::on_offline_accuracy(std::uint16_t round, const Accuracy& accuracy) {
  log_event(LogLevel::info, "fit", "accuracy offline",
            {{"round", round + 1},
             {"users", accuracy.users},
             {"recall", accuracy.metrics.recall},
             {"ndcg", accuracy.metrics.ndcg}});
  next_.on_offline_accuracy(round, accuracy);
}

void RunLog::on_window_started(const Window& window) {
  log_event(LogLevel::info, "round", "begins", {{"round", window.round + 1}});
  round_began_ = last_partition_ = MinuteLog::Clock::now();
  before_round_ = next_.so_far();
  next_.on_window_started(window);
}

void RunLog::on_partition(const PartitionResult& result) {
  next_.on_partition(result);
  minutes_.tick();
  last_partition_ = MinuteLog::Clock::now();
}

void RunLog::on_window_finished(const Window& window) {
  next_.on_window_finished(window);
  const MinuteLog::Clock::time_point now = MinuteLog::Clock::now();
  const auto [agents, pages] = next_.so_far();
  log_event(LogLevel::info, "round", "is over",
            {{"round", window.round + 1},
             {"agents", agents - before_round_.first},
             {"pages", pages - before_round_.second},
             {"took", now - round_began_},
             {"closed_in", now - last_partition_},
             {"rss_mb", rss_bytes() >> 20U}});
}

}  // namespace throng
