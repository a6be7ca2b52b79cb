#include "scenarios/run/outside.h"

#include <fmt/format.h>

#include "scenarios/run/llm_line.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

Journal open_earlier(const fs::path& run) {
  if (!fs::exists(run / "journal.db")) {
    throw Failure(ErrorKind::data, fmt::format("{} cannot be replayed: it has no journal.db", run.string()));
  }
  return {run / "journal.db", Journal::Mode::read_only};
}

std::unique_ptr<Line> open_line(const Scenario& scenario, const OutsideOptions& options, Progress& progress) {
  return std::make_unique<LlmLine>(
      all_endpoints(scenario.json["mind"]), llm::process_environment(),
      llm::ClientOptions{.plan = {.budget = scenario.budget},
                         .budget_log = options.budget_log,
                         .durability = scenario.journal,
                         .log = [&progress](const std::string& text) { progress.say(text); }});
}

std::string in_words(const CallCounts& counts) {
  std::string text = fmt::format("calls: {} answered", counts.live + counts.from_journal + counts.replayed);
  if (counts.from_journal > 0) text += fmt::format(", {} of them from the journal", counts.from_journal);
  if (counts.replayed > 0) text += fmt::format(", {} of them replayed", counts.replayed);
  return text + fmt::format(", {} under way", counts.under_way);
}

}  // namespace

RunOutside::RunOutside(const Scenario& scenario, const OutsideOptions& options, Progress& progress) {
  bool offline = false;
  if (options.replay) {
    earlier_.emplace(open_earlier(*options.replay));
    const Json replayed = read_json(*options.replay / "scenario.json", ErrorKind::data);
    const std::string difference = first_result_difference(replayed, scenario.json);
    offline = difference.empty();
    if (!offline) {
      progress.say(fmt::format("{} is not what {} ran: replies to requests that changed are asked for",
                               difference, options.replay->string()));
    }
  }
  journal_.emplace(options.folder / "journal.db", scenario.journal == llm::Durability::power_loss
                                                      ? Journal::Mode::survives_power_loss
                                                      : Journal::Mode::survives_kill);
  if (!offline) line_ = open_line(scenario, options, progress);
  exchange_.emplace(*journal_, earlier_ ? &*earlier_ : nullptr, line_.get(),
                    [&progress](const CallCounts& counts) { progress.update(in_words(counts)); });
}

RunOutside::~RunOutside() = default;

}  // namespace throng
