#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// What a viewed item left behind. The numbers are stored and part of digests.
enum class Feeling : std::uint8_t {
  none = 0,
  upset = 1,
  disappointed = 2,
  indifferent = 3,
  pleased = 4,
  delighted = 5
};

/// Such as "pleased"; "" for none.
const char* to_string(Feeling feeling);
/// The inverse of `to_string`; none for any other text.
Feeling feeling_from(std::string_view text);

/// What an agent can do with an item of a page. The numbers are stored and part of digests: never reuse one. Whether it goes on
/// or leaves after the page is its Decision.
enum class ActionKind : std::uint8_t { view = 1, rate = 2, feel = 3, save = 4, share = 5 };

/// What agents may do beside viewing, rating, feeling, going on and leaving. A scenario says so; without its word nothing.
struct AllowedActions {
  bool save = false;    ///< an item, for later
  bool share = false;   ///< an item with others, in words
  bool search = false;  ///< in place of going on: the catalogue, see Decision
  bool operator==(const AllowedActions&) const = default;
};

inline constexpr AllowedActions kAllActions{.save = true, .share = true, .search = true};

/// One of them, by the name that it has in scenarios.
struct AllowedAction {
  std::string_view name;
  bool AllowedActions::*is_allowed;
};
std::span<const AllowedAction, 3> allowed_actions();

/// Something that an agent did on a page.
struct Action {
  std::uint16_t position = 0;  ///< of the item on the page, from 1
  ActionKind kind{};
  std::uint8_t value = 1;  ///< of `rate` 1 .. 5, of `feel` a Feeling, of the others 1; never 0

  auto operator<=>(const Action&) const = default;
};

/// What everything that tells of actions needs to know of a kind.
struct ActionInfo {
  enum class Form : std::uint8_t { flag, number, feeling };

  ActionKind kind;
  std::string_view name;  ///< such as "rate"
  /// Such as "rating": its column in run.db and in tables, its key in feedback, its name in prompts.
  std::string_view done;
  Form form;                    ///< of its values
  std::uint8_t most = 1;        ///< the greatest value
  bool goes_with_view = false;  ///< done exactly where the item is viewed
  bool is_optional = false;     ///< done only where a scenario allows it, and told of where it was done
  std::string_view
      counted{};  ///< of an optional one: what the metric of how often it is done counts, in words

  /// A value for people; 0: it was not done.
  std::string text(std::uint8_t value) const;
};

inline constexpr std::size_t kActionKinds = 5;

/// Of every kind, in the order of their numbers, which begin with 1.
std::span<const ActionInfo, kActionKinds> action_kinds();
const ActionInfo& info_of(ActionKind kind);
/// Whether agents may do it: always, or by leave.
bool is_allowed(const ActionInfo& info, const AllowedActions& allowed);

/// Adds a view of the item, with the rating and the feeling that it led to.
void add_view(std::vector<Action>& actions, std::size_t position, std::uint8_t rating, Feeling feeling);

/// How often each kind was done, in their order.
using ActionCounts = std::array<std::uint32_t, kActionKinds>;

/// The values of an item's actions, in the order of the kinds; 0: it was not done.
using ActionValues = std::array<std::uint8_t, kActionKinds>;
inline std::uint8_t value_in(const ActionValues& values, ActionKind kind) {
  return values[static_cast<std::size_t>(kind) - 1];
}

/// Takes the actions at `position` off the front of `actions`, a list in order of which the positions before it were taken.
inline ActionValues take_values(std::span<const Action>& actions, std::size_t position) {
  ActionValues values{};
  for (; !actions.empty() && actions.front().position == position; actions = actions.subspan(1))
    values[static_cast<std::size_t>(actions.front().kind) - 1] = actions.front().value;
  return values;
}

/// The value of an action on an item; 0 if it was not done.
std::uint8_t value_of(std::span<const Action> actions, std::size_t position, ActionKind kind);

/// How many of a kind there are.
std::size_t count_of(std::span<const Action> actions, ActionKind kind);

}  // namespace throng
