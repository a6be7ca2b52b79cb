#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/ranges.h>

#include "agents/profile/personas.h"
#include "engine/base/text.h"
#include "llm/wire/embeddings.h"
#include "llm/wire/messages.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"
#include "scenarios/store/journal.h"

namespace throng {
namespace {

std::string profile_text(const StoredAgent& agent) {
  std::string text =
      fmt::format("Agent {}: user {} of the dataset{}\n", index(agent.agent), printable(agent.external_id),
                  agent.perturbed ? ", with a taste of its own" : "");
  text += fmt::format("  traits (1 to 3): activity {}, conformity {}, diversity {}\n", agent.traits.activity,
                      agent.traits.conformity, agent.traits.diversity);
  if (!agent.favourite_genres.empty()) {
    text += fmt::format("  sees most of: {}\n", printable(with_commas(agent.favourite_genres)));
  }
  if (!agent.persona.empty()) {
    text += "  in its own words:\n";
    for (const TasteStatement& statement : statements({.taste = agent.persona, .reason = ""}))
      text += fmt::format("    {}\n", printable(statement.taste));
  }
  return text;
}

/// Who tells of a session: a language model says whole numbers and whether it felt positive, the statistical mind computes.
enum class Teller { language_model, statistical_mind };

std::string satisfaction_of_ten(double satisfaction, Teller teller) {
  return teller == Teller::language_model ? fmt::format("{} of 10", score_of(satisfaction))
                                          : fmt::format("{:.2f}", satisfaction);
}

/// All but the optional kinds of which there is nothing.
std::vector<const ActionInfo*> kinds_on(const PageRecord& page) {
  std::vector<const ActionInfo*> kinds;
  for (const ActionInfo& info : action_kinds()) {
    if (!info.is_optional || count_of(page.actions, info.kind) > 0) kinds.push_back(&info);
  }
  return kinds;
}

/// "" of an item that is no advert.
std::string advert_text(const PageRecord& page, std::size_t position) {
  const auto advert = std::ranges::find(page.words, position, &WordsBeside::position);
  if (advert == page.words.end()) return "";
  return advert->text.empty() ? "placed as an advert" : printable(advert->text);
}

std::string page_table(const RunReader& run, const PageRecord& page) {
  const std::string others = run.meta("ratings_are");
  std::vector<std::string> columns{printable(item_name_of(run)), "genres",
                                   others.empty() ? "others say" : printable(others), "aligned"};
  const std::vector<const ActionInfo*> kinds = kinds_on(page);
  for (const ActionInfo* info : kinds) columns.emplace_back(info->done);
  if (!page.words.empty()) columns.emplace_back("beside it");
  Table table(columns);
  for (std::size_t i = 0; i < page.impressions.size(); ++i) {
    const Impression& shown = page.impressions[i];
    const StoredItem item = run.item(shown.item);
    std::vector<std::string> row{printable(item.title), printable(with_commas(item.genres)),
                                 is_rated(shown.mean_rating) ? fmt::format("{:.2f}", shown.mean_rating) : "",
                                 shown.aligned ? "yes" : "no"};
    for (const ActionInfo* info : kinds) row.push_back(info->text(value_of(page.actions, i + 1, info->kind)));
    if (!page.words.empty()) row.push_back(advert_text(page, i + 1));
    table.add_row(row);
  }
  return table.text();
}

/// What the page left behind, and everything so far; "" if the agent did not say.
std::string feelings_text(const PageRecord& page, Teller teller) {
  std::vector<std::string> feelings;
  if (page.satisfaction)
    feelings.push_back(
        fmt::format("satisfaction {} with this page", satisfaction_of_ten(*page.satisfaction, teller)));
  if (const std::optional<double>& so_far = page.decision->satisfaction) {
    feelings.push_back(teller == Teller::language_model
                           ? fmt::format("felt {} about it all", *so_far > 0.5 ? "positive" : "negative")
                           : fmt::format("satisfaction {:.2f} so far", *so_far));
  }
  return fmt::format("{}", fmt::join(feelings, ", "));
}

std::string fatigue_text(const Decision& decision, Teller teller) {
  if (!decision.fatigue) return "";
  return teller == Teller::language_model
             ? fmt::format(" (fatigue {} of 10)", std::lround(10 * *decision.fatigue))
             : fmt::format(" (fatigue {:.2f})", *decision.fatigue);
}

std::string choice_text(const Decision& decision, bool is_last) {
  if (decision.exits) return "leaves";
  const std::string search = printable(decision.search);
  if (is_last) {
    return search.empty() ? "would go on, but there is no further page"
                          : fmt::format("would search for {}, but there is no further page", search);
  }
  return search.empty() ? "goes on" : fmt::format("searches for {}", search);
}

/// What the page has of a search, its own or the one of the page before; "" if there was none.
std::string search_text(const PageRecord& page, const PageRecord* before) {
  if (page.shows_results()) return fmt::format(", results of the search for {}", printable(page.results_of));
  const bool found_nothing = before != nullptr && before->decision && !before->decision->search.empty();
  return found_nothing ? fmt::format(", the ranking again: the search for {} found nothing",
                                     printable(before->decision->search))
                       : "";
}

/// `before`: the page before, or null. `is_last`: the session ends with this page.
std::string page_text(const RunReader& run, const PageRecord& page, const PageRecord* before, bool is_last,
                      Teller teller) {
  std::string text = fmt::format(
      "\nPage {}, {}{}{}\n{}", page.page, format_time(page.shown_at), search_text(page, before),
      page.prompt_order.empty() ? std::string()
                                : fmt::format(", told in the order {}", fmt::join(page.prompt_order, ", ")),
      page_table(run, page));
  if (page.degraded()) return text + "  degraded: what it made of this page could not be made out\n";
  const Decision& decision = *page.decision;
  if (const std::string feelings = feelings_text(page, teller); !feelings.empty())
    text += fmt::format("  remembers: {}\n", feelings);
  if (page.reflection) {
    text += fmt::format("  reflects: satisfaction {} with all it remembers\n",
                        satisfaction_of_ten(page.reflection->satisfaction, teller));
  }
  text += fmt::format("  decides: {}{}\n", choice_text(decision, is_last), fatigue_text(decision, teller));
  return text;
}

std::string interview_text(const SessionRecord& session) {
  if (session.interview) return fmt::format("\nInterview: {} of 10\n", session.interview->score);
  return session.abandoned() ? "\nAbandoned: two degraded pages in a row\n"
                             : "\nInterview: what it said could not be made out\n";
}

/// The agent's own words about `page`; `interview`: those about the session as a whole.
enum class Words { page, interview };
std::string words_text(const RunReader& run, const SessionRecord& session, std::uint16_t page, Words words) {
  std::string text;
  for (const Saying& said : session.notes.sayings) {
    if (said.page != page || (said.about == Saying::About::interview) != (words == Words::interview))
      continue;
    const std::string place =
        said.position > 0 ? fmt::format("{} {}, ", printable(item_name_of(run)), said.position) : "";
    text += fmt::format("  says ({}{}): {}\n", place, to_string(said.about), printable(said.text));
  }
  for (const UnusableReply& unusable_reply : session.notes.unusable) {
    if (unusable_reply.page != page || is_of_interview(unusable_reply.step) != (words == Words::interview))
      continue;
    text += fmt::format("  a reply that could not be used ({}): {}\n    {}\n", to_string(unusable_reply.step),
                        printable(unusable_reply.problem), printable(unusable_reply.reply));
  }
  return text;
}

std::string reply_text(const JournaledCall& call) {
  if (call.kind == RequestKind::completion) return llm::completion_from(call.reply.reply).text;
  if (call.kind == RequestKind::embedding)
    return fmt::format("(a vector of {} numbers)", llm::vector_from(call.reply.reply).size());
  return call.reply.reply;
}

constexpr std::array kHeadings{"--- settings\n", "--- schema\n"};
constexpr std::array kEmbeddingHeadings{"--- settings\n", "--- text\n"};
constexpr std::array kRankingHeadings{"--- ranking\n", "--- for\n"};

const char* heading_of(RequestKind kind, std::size_t part) {
  if (part > 1) return "--- ";
  switch (kind) {
    case RequestKind::completion:
      return kHeadings[part];
    case RequestKind::embedding:
      return kEmbeddingHeadings[part];
    case RequestKind::ranking:
      return kRankingHeadings[part];
  }
  return "";
}

std::string call_text(const JournaledCall& call, std::size_t number, const JournaledCall* before) {
  std::string text = fmt::format("\n=== Call {}: {} attempts at {}, {:.6f} USD ===\n", number,
                                 call.reply.attempts, printable(call.reply.endpoint), call.reply.usd);
  for (std::size_t i = 0; i < call.parts.size(); ++i) {
    const bool is_repeated =
        before != nullptr && i < before->parts.size() && before->parts[i] == call.parts[i];
    if (is_repeated || call.parts[i].empty()) continue;
    text += heading_of(call.kind, i) + printable_lines(call.parts[i]) + "\n";
  }
  return text + "--- reply\n" + printable_lines(reply_text(call)) + "\n";
}

}  // namespace

std::string story(const RunReader& run, AgentId agent) {
  const std::optional<StoredAgent> stored = run.agent(agent);
  if (!stored) throw Failure(ErrorKind::usage, fmt::format("the run has no agent {}", index(agent)));
  const Teller teller = stored->mind == "statistical" ? Teller::statistical_mind : Teller::language_model;
  std::string text = profile_text(*stored);
  for (const SessionRecord& session : run.sessions(agent)) {
    text += fmt::format("\nSession {}, {} to {}\n", session.round + 1, format_time(session.started),
                        format_time(session.ended));
    for (const PageRecord& page : session.pages) {
      const PageRecord* before = page.page > 1 ? &session.pages[page.page - 2U] : nullptr;
      text += page_text(run, page, before, page.page == session.pages.size(), teller);
      text += words_text(run, session, page.page, Words::page);
    }
    text += interview_text(session);
    if (!session.pages.empty()) text += words_text(run, session, session.pages.back().page, Words::interview);
    for (const Answer& answer : session.answers)
      text += fmt::format("  answers {}\n", printable(answer_text(answer)));
    text += fmt::format("Digest: {}\n", session.digest.hex());
  }
  return text;
}

std::string conversation(const std::filesystem::path& run_folder, AgentId agent) {
  const std::filesystem::path file = run_folder / "journal.db";
  if (!std::filesystem::exists(file)) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{} has no journal.db: it asked neither language models nor a remote recommender",
                    run_folder.string()));
  }
  std::string text;
  const std::vector<JournaledCall> calls = Journal(file, Journal::Mode::read_only).calls_of(agent);
  for (std::size_t i = 0; i < calls.size(); ++i)
    text += call_text(calls[i], i + 1, i == 0 ? nullptr : &calls[i - 1]);
  return text;
}

}  // namespace throng
