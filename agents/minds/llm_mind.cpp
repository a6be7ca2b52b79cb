#include "agents/minds/llm_mind.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "agents/minds/relevance.h"

namespace throng {
namespace {

constexpr Purpose kModel{"mind/model"};
constexpr Purpose kSampling{"mind/sampling"};
constexpr Purpose kPromptOrder{"mind/prompt-order"};

/// So much of a reply that could not be used is shown to the model again.
constexpr std::size_t kRepeatedBytes = 4000;

const std::string kRefuses = "it refuses to answer";
const std::string kCutOff = "it was cut off: it has to be shorter";
const std::string kEmpty = "it is empty";

bool refuses(const llm::Completion& completion) {
  return !completion.refusal.empty() || completion.finish == llm::FinishReason::content_filter;
}

/// What is asked, in words that memories may share.
const char* question_of(Step step) {
  switch (step) {
    case Step::react:
      return "";
    case Step::decide:
      return "Satisfied or dissatisfied with the recommendations, tired? Leave, exit, or go on to the next "
             "page? ";
    case Step::reflect:
      return "What do I like, what is my taste, how satisfied am I with the recommendations, and why? ";
    case Step::interview:
      return "How satisfied am I with the recommendations as a whole, and why? ";
    case Step::question:
      break;
  }
  return "";
}

}  // namespace

template <class Cue>
Task<std::vector<MemoryRef>> LlmMind::recalled(Actor& self, const Situation& situation, Cue cue,
                                               LastPage last_page) const {
  std::vector<MemoryRef> memories = memories_of(situation.memory);
  std::vector<std::int64_t> tokens;
  std::int64_t all = 0;
  for (const MemoryRef& ref : memories) all += tokens.emplace_back(views_.tokens_of(situation, ref));
  if (all <= views_.memory_tokens()) co_return memories;
  const std::optional<MemoryRef> last = youngest_page(memories);
  const bool names_last = last && last_page == LastPage::comes;
  const std::string asked = cue() + (names_last ? views_.about(situation.memory, *last) : "");
  std::vector<std::string> texts;
  for (const MemoryRef& ref : memories) texts.push_back(views_.about(situation.memory, ref));
  const std::vector<double> relevance = co_await relevances(self, options_.embedder, asked, texts);
  const std::vector<double> claim =
      claims(situation.memory, memories, self.now(), relevance, options_.retrieval);
  const auto cost = [&](const MemoryRef& ref) {
    return tokens[static_cast<std::size_t>(std::ranges::find(memories, ref) - memories.begin())];
  };
  co_return retrieve(memories, claim, views_.memory_tokens(), cost, names_last ? last : std::nullopt);
}

Task<std::vector<MemoryRef>> LlmMind::recall(Actor& self, const Situation& situation, Step step,
                                             std::span<const ShownItem> shown) const {
  const auto cue = [&] { return shown.empty() ? question_of(step) : views_.about(shown); };
  co_return co_await recalled(self, situation, cue, shown.empty() ? LastPage::comes : LastPage::may_come);
}

Task<std::vector<MemoryRef>> LlmMind::recall(Actor& self, const Situation& situation,
                                             const InterviewQuestion& question) const {
  const auto cue = [&] { return question.text + " "; };
  co_return co_await recalled(self, situation, cue, LastPage::comes);
}

PromptOrder LlmMind::prompt_order(const Situation& situation, std::size_t items) const {
  if (!options_.shuffles) return {};
  PromptOrder order(items);
  std::iota(order.begin(), order.end(), std::uint16_t{1});
  for (std::size_t left = items; left > 1; --left) {  // Fisher and Yates
    const auto other = draws_.below(left, kPromptOrder,
                                    {.agent = static_cast<std::uint32_t>(situation.agent),
                                     .round = situation.round,
                                     .page = situation.page,
                                     .item = static_cast<std::uint32_t>(left)});
    std::swap(order[left - 1], order[other]);
  }
  return order;
}

std::vector<ShownItem> LlmMind::told(std::span<const ShownItem> page, const PromptOrder& order) {
  if (order.empty()) return {page.begin(), page.end()};
  std::vector<ShownItem> items;
  for (const std::uint16_t position : order) items.push_back(page[position - 1U]);
  return items;
}

void LlmMind::put_back(Reaction& reaction, std::span<Saying> said, PromptOrder order) {
  if (order.empty()) return;
  const auto position_of = [&](std::uint16_t place) { return order[place - 1U]; };
  const auto aligned = reaction.aligned;
  for (std::size_t i = 0; i < order.size(); ++i) reaction.aligned[order[i] - 1U] = aligned[i];
  for (Action& action : reaction.actions) action.position = position_of(action.position);
  std::ranges::sort(reaction.actions);
  for (Saying& saying : said) {
    if (saying.position > 0) saying.position = position_of(saying.position);
  }
  const auto of_page = std::stable_partition(said.begin(), said.end(),  // clang 14 has no other
                                             [](const Saying& saying) { return saying.position > 0; });
  std::ranges::stable_sort(said.begin(), of_page, {}, &Saying::position);
  reaction.prompt_order = std::move(order);
}

const std::string& LlmMind::model_of(AgentId agent) const {
  const auto which =
      draws_.below(options_.models.size(), kModel, {.agent = static_cast<std::uint32_t>(agent)});
  return options_.models[which];
}

ExternalRequest LlmMind::request(const Situation& situation, const Question& question, std::string words,
                                 int attempt) const {
  const auto step = static_cast<std::uint32_t>(question.step);
  const std::uint64_t bits = draws_.bits(
      kSampling, {.agent = static_cast<std::uint32_t>(situation.agent),
                  .round = situation.round,
                  .page = situation.page,
                  .item = question.number << 16U | step << 8U | static_cast<std::uint32_t>(attempt)});
  llm::ChatRequest chat{.model = model_of(situation.agent),
                        .schema = question.schema,
                        .temperature = options_.temperature,
                        .seed = static_cast<std::int64_t>(bits >> 33U),  // servers take 31 bits
                        .max_tokens = options_.max_tokens};
  chat.messages.push_back(
      {llm::Role::system, render("system", views_.persona(situation.profile, situation.allowed))});
  chat.messages.push_back({llm::Role::user, std::move(words)});
  if (attempt > 0) {
    const UnusableReply& last = situation.notes.unusable.back();
    const std::string said(beginning(last.reply, kRepeatedBytes));
    chat.messages.push_back({llm::Role::assistant, said.empty() ? "(nothing)" : said});
    Prompts::View view;
    view.set("problem", last.problem);
    chat.messages.push_back({llm::Role::user, render("repair", view)});
  }
  return {.parts = llm::logical_parts(chat), .chain = question.chain};
}

std::string fault_of(const llm::Completion& completion) {
  if (refuses(completion)) return kRefuses;
  if (completion.finish == llm::FinishReason::length) return kCutOff;
  if (completion.text.find_first_not_of(" \t\r\n") == std::string::npos) return kEmpty;
  return "";
}

std::variant<llm::Output, std::string> read_structured(const llm::Completion& completion,
                                                       const llm::OutputSchema& schema) {
  if (refuses(completion)) return kRefuses;
  const bool cut_off = completion.finish == llm::FinishReason::length;
  auto read = llm::read_output(completion, schema);
  if (auto* output = std::get_if<llm::Output>(&read)) {
    if (!cut_off) return std::move(*output);
    // Under a grammar some models go on with blanks after the last bracket. A thought that was cut off may have gone
    // on to another value.
    if (output->taken_from != "reasoning")
      return llm::Output{std::move(output->value), "reply cut off behind it"};
  }
  if (cut_off) return kCutOff;
  const auto& mismatch = std::get<llm::OutputMismatch>(read);
  return mismatch.kind == llm::OutputMismatch::Kind::empty ? kEmpty : mismatch.message();
}

}  // namespace throng
