#include <array>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "llm/messages.h"
#include "scenarios/report/story.h"
#include "scenarios/store/journal.h"

namespace throng {
namespace {

constexpr std::array kHeadings{"--- settings\n", "--- schema\n"};
constexpr std::array kRankingHeadings{"--- ranking\n", "--- for\n"};

std::string call_text(const JournaledCall& call, std::size_t number, const JournaledCall* before) {
  const bool is_ranking = call.kind == RequestKind::ranking;
  std::string text = fmt::format("\n=== Call {}: {} attempts at {}, {:.6f} USD ===\n", number,
                                 call.reply.attempts, printable(call.reply.endpoint), call.reply.usd);
  for (std::size_t i = 0; i < call.parts.size(); ++i) {
    const bool is_repeated =
        before != nullptr && i < before->parts.size() && before->parts[i] == call.parts[i];
    if (is_repeated || call.parts[i].empty()) continue;
    const char* heading = i > 1 ? "--- " : is_ranking ? kRankingHeadings[i] : kHeadings[i];
    text += heading + printable_lines(call.parts[i]) + "\n";
  }
  const std::string reply =
      call.kind == RequestKind::completion ? llm::completion_from(call.reply.reply).text : call.reply.reply;
  return text + "--- reply\n" + printable_lines(reply) + "\n";
}

}  // namespace

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
