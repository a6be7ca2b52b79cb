#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/minds/llm_mind.h"
#include "engine/sim/external.h"

namespace throng {

/// Asks a language model the same kind of question about many subjects, as many at a time as it takes, and repairs. Single-threaded.
class ProfileCalls {
 public:
  struct Questions {
    std::function<std::string(std::size_t subject)> words;
    /// Takes what a reply that fits the schema says; what is wrong with it, or "".
    std::function<std::string(std::size_t subject, const Json& reply)> take;
    std::shared_ptr<const llm::OutputSchema> schema;
  };

  /// `options`: the mind's model, temperature, length and repairs. `at_once`: so many calls are open at a time (1 at least), which
  /// decides no reply. `draws` addresses the seeds that the model is told. All but `options` outlive it.
  ProfileCalls(const Questions& questions, LlmMindOptions options, std::size_t at_once, const Draws& draws,
               Gateway& gateway);

  /// Asks about the subjects, in their order. False if `goes_on`, asked between replies, says so. Throws what the gateway throws.
  bool ask_all(std::span<const std::size_t> subjects, const std::function<bool()>& goes_on);

  /// The subjects about whom nothing usable was said, ascending.
  std::vector<std::size_t> unusable() const;
  /// What was wrong last.
  const std::string& last_problem() const { return last_problem_; }

 private:
  struct Open {
    std::size_t subject = 0;
    int attempt = 0;
    std::vector<llm::Message> messages;
  };

  void ask(Open open);
  void answered(Open open, const std::string& reply);

  const Questions& questions_;
  LlmMindOptions options_;
  std::size_t at_once_;
  const Draws& draws_;
  Gateway& gateway_;
  std::map<CallKey, Open> open_;
  std::vector<std::size_t> unusable_;
  std::string last_problem_;
};

}  // namespace throng
