#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "agents/interview/question.h"
#include "agents/memory/memory.h"
#include "agents/pages/page_policy.h"
#include "agents/population.h"
#include "agents/session_record.h"
#include "engine/sim/scheduler.h"

namespace throng {

/// Who acts, and where in its life it is.
struct Situation {
  AgentId agent{};
  std::uint16_t round = 0;
  std::uint16_t page = 0;  ///< from 1
  const Profile& profile;
  const Memory& memory;  ///< without the page at hand when reacting, with it afterwards
  std::uint16_t max_pages = 0;
  Notes& notes;  ///< where the mind writes down what the numbers do not say
  AllowedActions allowed{};
  std::string_view searched_for{};  ///< after the page before; empty: nothing
  bool found = false;  ///< the page at hand has what was searched for; else there was nothing to show
  /// Pages, once the session is over; `page` may then be one that there was not.
  std::optional<std::uint16_t> visited{};
};

/// What an agent makes of one page.
struct Reaction {
  /// With the taste; parallel to the page. (A page seldom has more items: it is made millions of times, and costs no allocation.)
  boost::container::small_vector<bool, 16> aligned;
  std::vector<Action> actions;           ///< by position, then kind
  PromptOrder prompt_order;              ///< empty: the mind was told of the page as it is
  std::optional<double> satisfaction;    ///< with this page, in [0, 1]; none: the agent did not say
  std::optional<Decision> decision;      ///< of a mind that decides at once: it is not asked again
  std::optional<Reflection> reflection;  ///< likewise; only with a decision
};

/// Plays agents: maps what an agent sees to what it does. One mind plays many agents and keeps no state about
/// any; what an agent remembers comes with the situation. The tasks may ask the outside world through `self`;
/// arguments outlive the task. A task without a value: what came back could not be used, and `notes` say why.
/// Safe to use from any thread.
class Mind {
 public:
  virtual ~Mind() = default;

  /// Looks at a page.
  virtual Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                              std::span<const ShownItem> page) = 0;
  /// After a page: go on or leave.
  virtual Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) = 0;
  /// After a decision: draws a conclusion from memory if it is time to. Without a value: none is drawn.
  virtual Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) = 0;
  /// After the exit: how satisfied, from 1 to 10.
  virtual Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) = 0;
  /// After the interview: a question of the scenario. Without a value, and without a note: the mind cannot answer such a question.
  virtual Task<std::optional<Answer>> answer(Actor& /*self*/, const Situation& /*situation*/,
                                             const InterviewQuestion& /*question*/) {
    co_return std::nullopt;
  }
};

}  // namespace throng
