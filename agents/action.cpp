#include "agents/action.h"

#include <algorithm>
#include <array>

namespace throng {
namespace {

constexpr std::array<const char*, 6> kFeelings{"",        "upset",    "disappointed", "indifferent",
                                               "pleased", "delighted"};

constexpr std::array<ActionInfo, kActionKinds> kKinds{
    {{.kind = ActionKind::view, .name = "view", .done = "viewed", .form = ActionInfo::Form::flag},
     {.kind = ActionKind::rate,
      .name = "rate",
      .done = "rating",
      .form = ActionInfo::Form::number,
      .most = 5,
      .goes_with_view = true},
     {.kind = ActionKind::feel,
      .name = "feel",
      .done = "feeling",
      .form = ActionInfo::Form::feeling,
      .most = 5,
      .goes_with_view = true},
     {.kind = ActionKind::save,
      .name = "save",
      .done = "saved",
      .form = ActionInfo::Form::flag,
      .is_optional = true,
      .counted = "items saved for later"},
     {.kind = ActionKind::share,
      .name = "share",
      .done = "shared",
      .form = ActionInfo::Form::flag,
      .is_optional = true,
      .counted = "items shared"}}};

constexpr std::array kAllowed{AllowedAction{"save", &AllowedActions::save},
                              AllowedAction{"share", &AllowedActions::share},
                              AllowedAction{"search", &AllowedActions::search}};

}  // namespace

const char* to_string(Feeling feeling) { return kFeelings[static_cast<std::size_t>(feeling)]; }

Feeling feeling_from(std::string_view text) {
  const auto found = std::find(kFeelings.begin(), kFeelings.end(), text);
  return found == kFeelings.end() ? Feeling::none : static_cast<Feeling>(found - kFeelings.begin());
}

std::string ActionInfo::text(std::uint8_t value) const {
  switch (form) {
    case Form::flag:
      return value > 0 ? "yes" : "no";
    case Form::number:
      return value > 0 ? std::to_string(value) : "";
    case Form::feeling:
      return to_string(static_cast<Feeling>(value));
  }
  return "";
}

std::span<const AllowedAction, 3> allowed_actions() { return kAllowed; }

std::span<const ActionInfo, kActionKinds> action_kinds() { return kKinds; }

const ActionInfo& info_of(ActionKind kind) { return *std::ranges::find(kKinds, kind, &ActionInfo::kind); }

bool is_allowed(const ActionInfo& info, const AllowedActions& allowed) {
  return !info.is_optional ||
         allowed.*std::ranges::find(kAllowed, info.name, &AllowedAction::name)->is_allowed;
}

void add_view(std::vector<Action>& actions, std::size_t position, std::uint8_t rating, Feeling feeling) {
  const auto at = static_cast<std::uint16_t>(position);
  actions.push_back({.position = at, .kind = ActionKind::view});
  actions.push_back({.position = at, .kind = ActionKind::rate, .value = rating});
  if (feeling == Feeling::none) return;
  actions.push_back({.position = at, .kind = ActionKind::feel, .value = static_cast<std::uint8_t>(feeling)});
}

std::uint8_t value_of(std::span<const Action> actions, std::size_t position, ActionKind kind) {
  const auto found = std::ranges::find_if(
      actions, [&](const Action& action) { return action.position == position && action.kind == kind; });
  return found == actions.end() ? std::uint8_t{0} : found->value;
}

std::size_t count_of(std::span<const Action> actions, ActionKind kind) {
  return static_cast<std::size_t>(std::ranges::count(actions, kind, &Action::kind));
}

}  // namespace throng
