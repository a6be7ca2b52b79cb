#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "agents/minds/prompts.h"
#include "engine/base/random.h"
#include "llm/wire/embeddings.h"
#include "llm/wire/messages.h"
#include "llm/wire/structured_output.h"

namespace throng {

struct LlmMindOptions {
  Protocol protocol = Protocol::structured;
  std::vector<std::string> models;  ///< at least one; the seed decides which an agent has
  double temperature = 0.2;
  int max_tokens = 1024;  ///< of a reply
  int repairs = 2;        ///< how often the model is told what is wrong with its reply
  /// Models go by the order of their prompts: told of a page in another order each time, what they pick is not the recommender's
  /// rank.
  bool shuffles = false;
  RetrievalWeights retrieval{};  ///< which memories a prompt has room for
  /// Whose vectors tell how relevant a memory is; none: the local embedder's.
  std::optional<llm::EmbeddingRequest> embedder{};
  ReflectionRule reflection{};
};

/// What kind of call a step of a session makes.
struct Question {
  Step step = Step::react;
  std::shared_ptr<const llm::OutputSchema> schema{};  ///< null: any text will do
  std::uint32_t chain = 0;                            ///< calls that follow
  std::uint32_t number = 0;                           ///< of a question of the scenario: number_of
};

/// What a reply means, or what is wrong with it, fit to be told to the model.
template <class T>
using Understood = std::variant<T, std::string>;

/// A mind that asks a language model, in one of two protocols. What it is told of is the page, the profile and the
/// memory; what it answers is taken only if it is whole and about the page: else the model is told what is wrong and
/// asked again, at most `repairs` times, each a call of its own; then the step has no value, and the notes hold every
/// reply that could not be used. A call takes no virtual time.
///
/// The replies are completions as `llm::completion_text` writes them.
class LlmMind : public Mind {
 public:
  /// `views` and `prompts` must outlive the mind.
  LlmMind(LlmMindOptions options, const Prompts& prompts, const PromptViews& views, const Draws& draws)
      : options_(std::move(options)), prompts_(prompts), views_(views), draws_(draws) {}

  const std::string& model_of(AgentId agent) const;
  const std::optional<llm::EmbeddingRequest>& embedder() const { return options_.embedder; }

 protected:
  /// In which order a prompt tells of a page; empty: as it is.
  PromptOrder prompt_order(const Situation& situation, std::size_t items) const;
  /// The page as a prompt in this order tells of it.
  static std::vector<ShownItem> told(std::span<const ShownItem> page, const PromptOrder& order);
  /// From places in a prompt to positions on the page, in what was made of it and said about it.
  static void put_back(Reaction& reaction, std::span<Saying> said, PromptOrder order);

  /// Which memories come to mind: all of them if the prompt has room for them, else those that `retrieve` takes, a memory's
  /// relevance being its likeness to the cue: the items shown, or without any the question of this step and the youngest page, which
  /// then always comes. To be awaited before a prompt is rendered. An embedder is asked only if there is not room for all.
  Task<std::vector<MemoryRef>> recall(Actor& self, const Situation& situation, Step step,
                                      std::span<const ShownItem> shown = {}) const;
  /// The same with a question of the scenario and the youngest page as the cue.
  Task<std::vector<MemoryRef>> recall(Actor& self, const Situation& situation,
                                      const InterviewQuestion& question) const;

  /// Asks what `words() -> std::string` renders (each time anew, so that nothing of it is kept while the call is under way),
  /// reads the reply, and repairs. Of a question with a schema the value that fits it is read, `read(const Json&) ->
  /// T`; of any other the text, `read(std::string_view) -> Understood<T>`. Everything outlives the task.
  template <class T, class Words, class Read>
  Task<std::optional<T>> ask(Actor& self, const Situation& situation, const Question& question,
                             const Words& words, const Read& read);

  std::string render(const std::string& name, const Prompts::View& view) const {
    return prompts_.render(name, view);
  }
  const PromptViews& views() const { return views_; }
  const ReflectionRule& reflection_rule() const { return options_.reflection; }

 private:
  /// Whether the youngest page is what is spoken of.
  enum class LastPage { may_come, comes };
  /// `cue() -> std::string` is asked for where the prompt has no room for all.
  template <class Cue>
  Task<std::vector<MemoryRef>> recalled(Actor& self, const Situation& situation, Cue cue,
                                        LastPage last_page) const;
  ExternalRequest request(const Situation& situation, const Question& question, std::string words,
                          int attempt) const;

  LlmMindOptions options_;
  const Prompts& prompts_;
  const PromptViews& views_;
  Draws draws_;
};

/// What is wrong with a completion whatever was asked for: it was refused, cut off or is empty. "" if nothing is.
std::string fault_of(const llm::Completion& completion);

/// The value that a reply under a schema holds, or what is wrong with it. What was cut off only behind the value is whole.
std::variant<llm::Output, std::string> read_structured(const llm::Completion& completion,
                                                       const llm::OutputSchema& schema);

template <class T, class Words, class Read>
Task<std::optional<T>> LlmMind::ask(Actor& self, const Situation& situation, const Question& question,
                                    const Words& words, const Read& read) {
  for (int attempt = 0; attempt <= options_.repairs; ++attempt) {
    ExternalRequest asked = request(situation, question, words(), attempt);
    const std::string reply = co_await self.external(std::move(asked));
    const llm::Completion completion = llm::completion_from(reply);
    std::string problem;
    if constexpr (std::is_invocable_v<Read, const Json&>) {
      auto output = read_structured(completion, *question.schema);
      if (const auto* fitting = std::get_if<llm::Output>(&output)) {
        if (!fitting->taken_from.empty()) situation.notes.unwrapped.push_back(fitting->taken_from);
        co_return read(fitting->value);
      }
      problem = std::move(std::get<std::string>(output));
    } else {
      problem = fault_of(completion);
      if (problem.empty()) {
        Understood<T> understood = read(completion.text);
        if (T* value = std::get_if<T>(&understood)) co_return std::move(*value);
        problem = std::move(std::get<std::string>(understood));
      }
    }
    situation.notes.unusable.push_back(
        {.page = situation.page,
         .step = question.step,
         .problem = std::move(problem),
         .reply = completion.refusal.empty() ? completion.text : completion.refusal,
         .gave_up = attempt == options_.repairs});
  }
  co_return std::nullopt;
}

}  // namespace throng
