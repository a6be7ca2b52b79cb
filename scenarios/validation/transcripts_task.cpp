#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "agents/calibration/agreement.h"
#include "agents/metrics.h"
#include "scenarios/transcripts/session.h"
#include "scenarios/validation/recordings.h"
#include "scenarios/validation/tasks.h"

namespace throng {
namespace {

constexpr const char* kRecorded = "transcripts";
constexpr const char* kCalibration = "transcripts, calibration";
constexpr std::size_t kBins = 10;

/// What was said of one item by the recorded agent and by ours.
struct Verdict {
  std::size_t position = 0;  ///< on the page, from 0
  bool recorded = false;
  bool answer = false;  ///< ours, the first time
  double share = 0;     ///< of our answers that are yes
};

/// By agent.
using Verdicts = std::vector<std::vector<Verdict>>;

/// A recorded page before ours are asked.
struct PageOfAgent {
  AgentId agent{};
  std::vector<ItemId> items;
  PageReading reading;
};

/// The pages of first recordings by their place in the session: the first of every agent, the second, ...
std::map<std::size_t, std::vector<PageOfAgent>> pages_by_place(const Recordings& recordings,
                                                               const Catalogue& catalogue) {
  std::map<std::size_t, std::vector<PageOfAgent>> pages;
  for (const auto& [agent, of_agent] : recordings) {
    for (std::size_t n = 0; n < of_agent.front().pages.size(); ++n) {
      const TranscriptPage& page = of_agent.front().pages[n];
      if (!page.recommended.empty())
        pages[n].push_back({agent, page.recommended, read_reaction(page, catalogue)});
    }
  }
  return pages;
}

/// Of aligned items, or of viewed ones.
struct Aspect {
  const char* name;
  std::optional<bool> (*recorded)(const ItemReading&);
  bool (*ours)(const PageRecord&, std::size_t position);
};

bool was_rated(const PageRecord& page, std::size_t position) {
  return std::ranges::any_of(page.actions, [&](const Action& action) {
    return action.kind == ActionKind::rate && action.position == position + 1;
  });
}

constexpr std::array kAspects{
    Aspect{"aligned", [](const ItemReading& item) { return item.aligned; },
           [](const PageRecord& page, std::size_t position) { return page.impressions[position].aligned; }},
    Aspect{"viewed", [](const ItemReading& item) { return std::optional(item.rating.has_value()); },
           was_rated},
};

/// How yes-or-no verdicts agree, with intervals over agents.
void add_agreement(const Aspect& aspect, const std::string& who, const Verdicts& verdicts,
                   std::vector<Figure>& figures) {
  const auto add = [&](const char* metric, const FigureOfAgents& figure) {
    figures.push_back(figure_over_agents(
        {.task = kRecorded, .setting = aspect.name, .metric = metric, .who = who}, verdicts.size(), figure));
  };
  const auto confusion = [&](std::span<const std::uint32_t> agents) {
    Confusion all;
    for (const std::uint32_t agent : agents) {
      for (const Verdict& verdict : verdicts[agent]) all.add(verdict.answer, verdict.recorded);
    }
    return all;
  };
  add("accuracy", [&](std::span<const std::uint32_t> agents) { return confusion(agents).accuracy(); });
  add("kappa", [&](std::span<const std::uint32_t> agents) { return confusion(agents).kappa().value_or(0); });
  add("auc", [&](std::span<const std::uint32_t> agents) {
    std::vector<double> scores;
    std::vector<bool> truth;
    for (const std::uint32_t agent : agents) {
      for (const Verdict& verdict : verdicts[agent]) {
        scores.push_back(verdict.share);
        truth.push_back(verdict.recorded);
      }
    }
    return area_under_roc(scores, truth).value_or(0.5);
  });
}

/// In place of ours: what the other recorded agents did with items at this position.
Verdicts by_position(const Verdicts& verdicts) {
  std::map<std::size_t, std::pair<double, double>> all;  // yes and cases, by position
  for (const auto& of_agent : verdicts) {
    for (const Verdict& verdict : of_agent) {
      all[verdict.position].first += verdict.recorded ? 1 : 0;
      ++all[verdict.position].second;
    }
  }
  Verdicts predicted = verdicts;
  for (auto& of_agent : predicted) {
    auto others = all;
    for (const Verdict& verdict : of_agent) {
      others[verdict.position].first -= verdict.recorded ? 1 : 0;
      --others[verdict.position].second;
    }
    for (Verdict& verdict : of_agent) {
      const auto& [yes, cases] = others[verdict.position];
      verdict.share = cases > 0 ? yes / cases : 0.5;
      verdict.answer = verdict.share > 0.5;
    }
  }
  return predicted;
}

/// In place of ours: what the same agent said of the same item when it was recorded again. Items that it was shown once only are left
/// out.
Verdicts by_second_recording(const Aspect& aspect, const Recordings& recordings, const Catalogue& catalogue) {
  const auto said = [&](const Transcript& transcript) {
    std::map<ItemId, Verdict> by_item;
    for (const TranscriptPage& page : transcript.pages) {
      const PageReading reading = read_reaction(page, catalogue);
      for (std::size_t i = 0; i < page.recommended.size(); ++i) {
        if (const std::optional<bool> verdict = aspect.recorded(reading.items[i]))
          by_item.try_emplace(page.recommended[i], Verdict{.position = i, .recorded = *verdict});
      }
    }
    return by_item;
  };
  Verdicts verdicts;
  for (const auto& [agent, of_agent] : recordings) {
    if (of_agent.size() < 2) continue;
    const std::map<ItemId, Verdict> again = said(of_agent[1]);
    std::vector<Verdict> both;
    for (auto [item, verdict] : said(of_agent[0])) {
      const auto second = again.find(item);
      if (second == again.end()) continue;
      verdict.answer = second->second.recorded;
      verdict.share = verdict.answer ? 1 : 0;
      both.push_back(verdict);
    }
    if (!both.empty()) verdicts.push_back(std::move(both));
  }
  return verdicts;
}

Verdicts always_yes(Verdicts verdicts) {
  for (auto& of_agent : verdicts) {
    for (Verdict& verdict : of_agent) verdict.answer = true, verdict.share = 1;
  }
  return verdicts;
}

/// Of the items that we say yes to with a probability within a tenth: how often the recorded agent did.
void add_calibration(const Aspect& aspect, const Verdicts& verdicts, std::vector<Figure>& figures) {
  std::array<std::vector<double>, kBins> said;
  std::array<std::vector<double>, kBins> recorded;
  for (const auto& of_agent : verdicts) {
    for (const Verdict& verdict : of_agent) {
      const std::size_t bin = std::min(kBins - 1, static_cast<std::size_t>(verdict.share * kBins));
      said[bin].push_back(verdict.share);
      recorded[bin].push_back(verdict.recorded ? 1 : 0);
    }
  }
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (said[bin].empty()) continue;
    const std::string setting = fmt::format("{}, bin {}", aspect.name, bin + 1);
    const auto add = [&](const char* metric, const char* who, const std::vector<double>& values) {
      Figure figure =
          mean_figure({.task = kCalibration, .setting = setting, .metric = metric, .who = who}, values);
      figure.agents = verdicts.size();
      figures.push_back(figure);
    };
    add("probability", "agents", said[bin]);
    add("probability", "recorded", recorded[bin]);
  }
}

/// Shares of what was shown, per agent.
void add_shares(const Verdicts& verdicts, const Aspect& aspect, std::vector<Figure>& figures) {
  std::vector<double> ours;
  std::vector<double> recorded;
  for (const auto& of_agent : verdicts) {
    const auto share = [&](bool Verdict::*yes) {
      return static_cast<double>(std::ranges::count(of_agent, true, yes)) /
             static_cast<double>(of_agent.size());
    };
    ours.push_back(share(&Verdict::answer));
    recorded.push_back(share(&Verdict::recorded));
  }
  figures.push_back(
      mean_figure({.task = kRecorded, .setting = aspect.name, .metric = "share", .who = "agents"}, ours));
  figures.push_back(mean_figure(
      {.task = kRecorded, .setting = aspect.name, .metric = "share", .who = "recorded"}, recorded));
}

}  // namespace

TaskResult validate_transcripts(const Scenario& scenario, const Dataset& whole,
                                const std::vector<std::filesystem::path>& files, const Asking& asking,
                                FitObserver& observer) {
  TaskResult result;
  TrainingWorld world(scenario, whole, observer, {.knowledge = Knowledge::as_in_a_run});
  const Recordings recordings = read_recordings(files, world, result);
  std::array<std::map<AgentId, std::vector<Verdict>>, kAspects.size()> verdicts;
  std::size_t unusable = 0;
  const std::uint16_t plays = asking.gateway == nullptr ? kPlays : 1;
  for (const auto& [place, pages] : pages_by_place(recordings, world.catalogue())) {
    std::vector<AskedPage> asked;
    for (const PageOfAgent& page : pages) asked.push_back({page.agent, page.items});
    std::vector<std::vector<std::optional<PageRecord>>> answers;
    for (std::uint16_t play = 0; play < plays; ++play)
      answers.push_back(ask(world, asked, asking, static_cast<std::uint16_t>(place * kPlays + play)));
    for (std::size_t n = 0; n < pages.size(); ++n) {
      if (!answers.front()[n]) {
        ++unusable;
        continue;
      }
      for (std::size_t a = 0; a < kAspects.size(); ++a) {
        for (std::size_t i = 0; i < pages[n].items.size(); ++i) {
          const std::optional<bool> recorded = kAspects[a].recorded(pages[n].reading.items[i]);
          if (!recorded) continue;
          Verdict verdict{
              .position = i, .recorded = *recorded, .answer = kAspects[a].ours(*answers.front()[n], i)};
          for (const auto& play : answers)
            verdict.share += (kAspects[a].ours(*play[n], i) ? 1.0 : 0.0) / plays;
          verdicts[a][pages[n].agent].push_back(verdict);
        }
      }
    }
  }
  if (unusable > 0)
    result.notes.push_back(
        fmt::format("transcripts: {} pages got no usable reply and are left out", unusable));
  for (std::size_t a = 0; a < kAspects.size(); ++a) {
    Verdicts by_agent;
    for (auto& [agent, of_agent] : verdicts[a]) by_agent.push_back(std::move(of_agent));
    if (by_agent.empty()) continue;
    add_agreement(kAspects[a], "agents", by_agent, result.figures);
    add_agreement(kAspects[a], "position alone", by_position(by_agent), result.figures);
    add_agreement(kAspects[a], "always yes", always_yes(by_agent), result.figures);
    add_shares(by_agent, kAspects[a], result.figures);
    if (plays > 1) add_calibration(kAspects[a], by_agent, result.figures);
    const Verdicts again = by_second_recording(kAspects[a], recordings, world.catalogue());
    if (!again.empty()) add_agreement(kAspects[a], "second recording", again, result.figures);
  }
  if (std::ranges::none_of(recordings, [](const auto& of) { return of.second.size() > 1; })) {
    result.notes.emplace_back(
        "transcripts: nobody was recorded twice, so nothing here says how well two recordings of an agent "
        "agree");
  }
  compare_sessions(scenario, world, recordings, asking, observer, result);
  return result;
}

}  // namespace throng
