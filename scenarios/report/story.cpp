#include "scenarios/report/story.h"

#include <fmt/format.h>

#include "engine/base/printable.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string with_commas(std::string_view joined) {
  std::string text;
  for (const char c : joined) text += c == '|' ? ", " : std::string(1, c);
  return text;
}

std::string profile_text(const StoredAgent& agent) {
  std::string text =
      fmt::format("Agent {}: user {} of the dataset{}\n", index(agent.agent), printable(agent.external_id),
                  agent.perturbed ? ", with a taste of its own" : "");
  text += fmt::format("  traits (1 to 3): activity {}, conformity {}, diversity {}\n", agent.traits.activity,
                      agent.traits.conformity, agent.traits.diversity);
  if (!agent.favourite_genres.empty()) {
    text += fmt::format("  sees most of: {}\n", printable(with_commas(agent.favourite_genres)));
  }
  if (!agent.persona.empty()) text += fmt::format("  in its own words: {}\n", printable(agent.persona));
  return text;
}

std::string page_table(const RunReader& run, const PageRecord& page) {
  Table table({"shown", "genres", "others say", "aligned", "viewed", "rating", "feeling"});
  for (const Impression& shown : page.impressions) {
    const StoredItem item = run.item(shown.item);
    table.add_row({printable(item.title), printable(with_commas(item.genres)),
                   fmt::format("{:.2f}", shown.mean_rating), shown.aligned ? "yes" : "no",
                   shown.viewed ? "yes" : "no", shown.viewed ? std::to_string(shown.rating) : "",
                   to_string(shown.feeling)});
  }
  return table.text();
}

/// `is_last`: the session ends with this page.
std::string page_text(const RunReader& run, const PageRecord& page, bool is_last) {
  std::string text =
      fmt::format("\nPage {}, {}\n{}", page.page, format_time(page.shown_at), page_table(run, page));
  text += fmt::format("  remembers: satisfaction {:.2f} with this page, {:.2f} so far\n", page.satisfaction,
                      page.decision.satisfaction);
  if (page.reflection) {
    text +=
        fmt::format("  reflects: satisfaction {:.2f} with all it remembers\n", page.reflection->satisfaction);
  }
  text += fmt::format("  decides: {} (satisfaction {:.2f}, fatigue {:.2f})\n",
                      page.decision.exits ? "leaves"
                      : is_last           ? "would go on, but there is no further page"
                                          : "goes on",
                      page.decision.satisfaction, page.decision.fatigue);
  return text;
}

}  // namespace

std::string story(const RunReader& run, AgentId agent) {
  const std::optional<StoredAgent> stored = run.agent(agent);
  if (!stored) throw Failure(ErrorKind::usage, fmt::format("the run has no agent {}", index(agent)));
  std::string text = profile_text(*stored);
  for (const SessionRecord& session : run.sessions(agent)) {
    text += fmt::format("\nSession {}, {} to {}\n", session.round + 1, format_time(session.started),
                        format_time(session.ended));
    for (const PageRecord& page : session.pages) {
      text += page_text(run, page, page.page == session.pages.size());
    }
    text += fmt::format("\nInterview: {} of 10\nDigest: {}\n", session.interview.score, session.digest.hex());
  }
  return text;
}

}  // namespace throng
