#include "scenarios/transcripts/run_export.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "llm/wire/messages.h"
#include "scenarios/store/journal.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

constexpr std::array kRoles{"system", "user", "assistant"};

void write_line(std::ostream& out, const Json& json) {
  out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json call_json(const JournaledCall& call, std::size_t number, llm::LogicalRequestReader& reader) {
  const llm::ChatRequest request = reader.read(call.parts);
  const llm::Completion completion = llm::completion_from(call.reply.reply);
  Json json{{"agent", index(call.key.actor)}, {"call", number}, {"model", request.model}};
  if (request.temperature) json["temperature"] = *request.temperature;
  if (request.seed) json["seed"] = *request.seed;
  if (request.max_tokens) json["max_tokens"] = *request.max_tokens;
  if (request.schema != nullptr) json["schema"] = Json::parse(request.schema->json());
  json["messages"] = Json::array();
  for (const llm::Message& message : request.messages) {
    json["messages"].push_back(
        {{"role", kRoles[static_cast<std::size_t>(message.role)]}, {"content", message.content}});
  }
  json["reply"] = completion.text;
  if (!completion.reasoning.empty()) json["reasoning"] = completion.reasoning;
  if (!completion.refusal.empty()) json["refusal"] = completion.refusal;
  json.update({{"endpoint", call.reply.endpoint},
               {"attempts", call.reply.attempts},
               {"prompt_tokens", call.reply.prompt_tokens},
               {"cached_tokens", call.reply.cached_tokens},
               {"completion_tokens", call.reply.completion_tokens},
               {"usd", call.reply.usd}});
  return json;
}

std::vector<JournaledCall> completions_of(const Journal& journal, ActorId actor) {
  std::vector<JournaledCall> calls = journal.calls_of(actor);
  std::erase_if(calls, [](const JournaledCall& call) { return call.kind != RequestKind::completion; });
  return calls;
}

/// An agent's replies in text, from which those that say what the run recorded are taken, in their order. What was answered under a
/// schema is of another protocol.
class Replies {
 public:
  explicit Replies(const std::vector<JournaledCall>& calls) {
    for (const JournaledCall& call : calls) {
      const std::string& schema = call.parts.at(1);  // see llm::logical_parts
      if (schema.empty()) texts_.push_back(llm::completion_from(call.reply.reply).text);
    }
  }

  /// The next reply that `says` what is looked for, or else none.
  template <class Says>
  std::optional<std::string> take(const Says& says) {
    const auto found = std::find_if(texts_.begin() + static_cast<std::ptrdiff_t>(taken_), texts_.end(), says);
    if (found == texts_.end()) return std::nullopt;
    taken_ = static_cast<std::size_t>(found - texts_.begin()) + 1;
    return *found;
  }

 private:
  std::vector<std::string> texts_;
  std::size_t taken_ = 0;  ///< so many of them, and what came between
};

/// The words of a session about one thing; "" if there are none.
std::string said(const SessionRecord& session, std::uint16_t page, std::size_t position,
                 Saying::About about) {
  const auto found = std::ranges::find_if(session.notes.sayings, [&](const Saying& saying) {
    return saying.page == page && saying.position == position && saying.about == about;
  });
  return found == session.notes.sayings.end() ? "" : found->text;
}

/// A label ends where the line does.
std::string on_one_line(std::string text, const char* if_empty) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == ';'; }, ' ');
  return text.empty() ? if_empty : text;
}

/// A session in the format, out of what the run recorded and an agent's replies.
class SessionLine {
 public:
  SessionLine(const SessionRecord& session, std::span<const ItemFigures> items, Replies& replies)
      : session_(session), items_(items), replies_(replies) {}

  Json json() {
    Json line{{"agent", index(session_.agent)}, {"round", session_.round + 1}, {"pages", Json::array()}};
    for (const PageRecord& page : session_.pages) {
      if (!page.degraded()) line["pages"].push_back(page_json(page));
    }
    if (session_.interview) {
      line["interview"] = interview();
      line["interview_score"] = session_.interview->score;
    }
    if (told_) line["told"] = true;
    return line;
  }

 private:
  Json page_json(const PageRecord& page) {
    Json recommended = Json::array();
    Json aligned = Json::array();
    Json viewed = Json::array();
    Json ratings = Json::array();
    for (std::size_t i = 0; i < page.impressions.size(); ++i) {
      const std::string& id = items_[index(page.impressions[i].item)].external_id;
      recommended.push_back(id);
      if (page.impressions[i].aligned) aligned.push_back(id);
      if (rating(page, i) == 0) continue;
      viewed.push_back(id);
      ratings.push_back(rating(page, i));
    }
    return {{"page", page.page},
            {"recommended", std::move(recommended)},
            {"reaction", reaction(page)},
            {"decision", decision(page)},
            {"parsed",
             {{"aligned", std::move(aligned)},
              {"viewed", std::move(viewed)},
              {"ratings", std::move(ratings)},
              {"decision", page.decision->exits ? "exit" : "next"}}}};
  }

  static std::uint8_t rating(const PageRecord& page, std::size_t i) {
    return value_of(page.actions, i + 1, ActionKind::rate);
  }
  std::vector<std::string> titles(const PageRecord& page) const {
    std::vector<std::string> titles;
    for (const Impression& shown : page.impressions) {
      const ItemFigures& item = items_[index(shown.item)];
      titles.push_back(on_one_line(item.title, item.external_id.c_str()));
    }
    return titles;
  }

  std::string reaction(const PageRecord& page) {
    const std::vector<std::string> titles = this->titles(page);
    const auto says_so = [&](const std::string& reply) {
      const PageReading read = read_reaction(reply, titles, kAllActions);
      if (!read.complete()) return false;
      for (std::size_t i = 0; i < titles.size(); ++i) {
        if (read.items[i].aligned != page.impressions[i].aligned) return false;
        if (read.items[i].rating.value_or(0) != rating(page, i)) return false;
      }
      return true;
    };
    return or_told(replies_.take(says_so), [&] {
      std::string text;
      std::vector<std::string> viewed;
      for (std::size_t i = 0; i < titles.size(); ++i) {
        const bool aligned = page.impressions[i].aligned;
        text += fmt::format("MOVIE: {}; ALIGN: {}; REASON: {}\n", titles[i], aligned ? "yes" : "no",
                            on_one_line(said(session_, page.page, i + 1, Saying::About::alignment),
                                        aligned ? "my taste" : "not my taste"));
        if (rating(page, i) > 0) viewed.push_back(titles[i]);
      }
      text += fmt::format("NUM: {}; WATCH: {}; REASON: my choice\n", viewed.size(),
                          viewed.empty() ? "none" : fmt::format("{}", fmt::join(viewed, ", ")));
      for (std::size_t i = 0; i < titles.size(); ++i) {
        if (rating(page, i) == 0) continue;
        const auto feeling = static_cast<Feeling>(value_of(page.actions, i + 1, ActionKind::feel));
        text += fmt::format("MOVIE: {}; RATING: {}; FEELING: {}\n", titles[i], rating(page, i),
                            on_one_line(said(session_, page.page, i + 1, Saying::About::feeling),
                                        feeling == Feeling::none ? "none" : to_string(feeling)));
      }
      return text;
    });
  }

  std::string decision(const PageRecord& page) {
    const bool exits = page.decision->exits;
    const auto says_so = [&](const std::string& reply) {
      const DecisionReading read = read_decision(reply, kAllActions);
      return read.complete() && read.choice == (exits ? PageChoice::exit : PageChoice::next);
    };
    return or_told(replies_.take(says_so), [&] {
      return fmt::format("[{}]; Reason: {}", exits ? "EXIT" : "NEXT",
                         on_one_line(said(session_, page.page, 0, Saying::About::decision), "so it is"));
    });
  }

  std::string interview() {
    const std::uint16_t last = session_.pages.empty() ? std::uint16_t{0} : session_.pages.back().page;
    const std::string reason = said(session_, last, 0, Saying::About::interview);
    const int score = session_.interview->score;
    const auto says_so = [&](const std::string& reply) {
      const InterviewReading read = read_interview(reply);
      return read.complete() && read.score == score && read.reason == reason;
    };
    return or_told(replies_.take(says_so), [&] {
      return fmt::format("RATING: {}\nREASON: {}", score, on_one_line(reason, "so it was"));
    });
  }

  template <class Tell>
  std::string or_told(std::optional<std::string> reply, const Tell& tell) {
    if (reply) return *std::move(reply);
    told_ = true;
    return tell();
  }

  const SessionRecord& session_;
  std::span<const ItemFigures> items_;
  Replies& replies_;
  bool told_ = false;
};

/// The run, unless it kept nothing of its agents.
void check_kept(const RunReader& run, const fs::path& run_folder) {
  if (run.meta("store") != "summary") return;
  throw Failure(ErrorKind::usage,
                fmt::format("{} kept nothing of its agents (--store summary)", run_folder.string()));
}

}  // namespace

std::size_t export_calls(const fs::path& run_folder, std::ostream& out) {
  const RunReader run(run_folder);
  check_kept(run, run_folder);
  if (!fs::exists(run_folder / "journal.db")) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} has no journal.db: it asked no language model", run_folder.string()));
  }
  const Journal journal(run_folder / "journal.db", Journal::Mode::read_only);
  llm::LogicalRequestReader reader;
  std::size_t count = 0;
  const RowStream<StoredAgent> agents = run.agents();
  while (const std::optional<StoredAgent> agent = agents()) {
    const std::vector<JournaledCall> calls = completions_of(journal, agent->agent);
    for (std::size_t i = 0; i < calls.size(); ++i) write_line(out, call_json(calls[i], i + 1, reader));
    count += calls.size();
  }
  return count;
}

std::size_t export_transcripts(const fs::path& run_folder, std::ostream& out) {
  const RunReader run(run_folder);
  check_kept(run, run_folder);
  std::optional<Journal> journal;
  if (fs::exists(run_folder / "journal.db"))
    journal.emplace(run_folder / "journal.db", Journal::Mode::read_only);
  const std::vector<ItemFigures> items = run.items();
  const RowStream<StoredAgent> agents = run.agents();
  std::size_t count = 0;
  while (const std::optional<StoredAgent> agent = agents()) {
    const std::vector<SessionRecord> sessions = run.sessions(agent->agent);
    const bool left_out =
        std::ranges::any_of(sessions, [](const SessionRecord& session) { return session.abandoned(); });
    if (left_out) continue;
    Replies replies(journal ? completions_of(*journal, agent->agent) : std::vector<JournaledCall>());
    for (const SessionRecord& session : sessions)
      write_line(out, SessionLine(session, items, replies).json());
    count += sessions.size();
  }
  return count;
}

}  // namespace throng
