#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/prompts.h"

namespace throng {
namespace {

/// A lift nearer to 1 than this is not worth a word.
constexpr double kTellingLift = 1.15;

Prompts::View is_true() { return Prompts::View::type::bool_true; }

}  // namespace

std::string PromptViews::titles(std::span<const ItemId> items) const {
  std::vector<std::string> names;
  for (const ItemId item : items) names.push_back(quoted(shown_title(dataset_.catalogue[item]), kTitleBytes));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string PromptViews::rated_titles(std::span<const RatedItem> items) const {
  std::vector<std::string> names;
  for (const RatedItem& each : items) {
    const std::string title = quoted(shown_title(dataset_.catalogue[each.item]), kTitleBytes);
    names.push_back(each.rating ? fmt::format("{} ({})", title, *each.rating) : title);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string PromptViews::rates_low(const SelfPortrait& portrait) const {
  if (!portrait.written_low.empty()) return quoted(portrait.written_low, kTextBytes);
  std::vector<std::string> parts;
  for (const GenreTaste& taste : portrait.low_genres) {
    parts.push_back(fmt::format("{} ({:.1f} on average)",
                                quoted(dataset_.catalogue.genre_names[index(taste.genre)], kTitleBytes),
                                *taste.mean));
  }
  if (!portrait.low.empty()) parts.push_back(rated_titles(portrait.low));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Prompts::View PromptViews::genre_taste(const GenreTaste& taste) const {
  Prompts::View view;
  view.set("genre", quoted(dataset_.catalogue.genre_names[index(taste.genre)], kTitleBytes));
  if (taste.times >= kTellingLift) view.set("times", fmt::format("{:.1f}", taste.times));
  if (taste.mean) view.set("mean", fmt::format("{:.1f}", *taste.mean));
  if (!taste.examples.empty()) view.set("examples", titles(taste.examples));
  return view;
}

void PromptViews::add_about(const Profile& profile, Prompts::View& view) const {
  if (profile.attributes == nullptr) return;
  const std::vector<std::string>& values = *profile.attributes;
  std::vector<std::string> known;
  for (std::size_t n = 0; n < values.size(); ++n) {
    if (values[n].empty()) continue;
    const std::string& name = personas_.attribute_names()[n];
    known.push_back(fmt::format("{} {}", name, values[n]));
    view.set("about_" + name, quoted(values[n], kTextBytes));
  }
  if (!known.empty()) view.set("about", quoted(fmt::format("{}", fmt::join(known, ", ")), kTextBytes));
}

Prompts::View PromptViews::persona(const Profile& profile, const AllowedActions& allowed) const {
  Prompts::View view = names();
  add_allowed(allowed, view);
  if (others_rate_) view.set("others_rate", is_true());
  view.set(fmt::format("activity_{}", profile.traits.activity), is_true());
  view.set(fmt::format("conformity_{}", profile.traits.conformity), is_true());
  view.set(fmt::format("diversity_{}", profile.traits.diversity), is_true());
  add_about(profile, view);
  const SelfPortrait portrait = personas_.of(profile);
  kainjow::mustache::list tastes;
  for (const TasteStatement& statement : portrait.tastes) {
    Prompts::View taste;
    taste.set("text", quoted(statement.taste, kTextBytes));
    if (!statement.reason.empty()) taste.set("reason", quoted(statement.reason, kTextBytes));
    tastes.push_back(std::move(taste));
  }
  for (const GenreTaste& taste : portrait.genres) tastes.push_back(genre_taste(taste));
  if (!portrait.examples.empty()) {
    Prompts::View taste;
    taste.set("such_as", titles(portrait.examples));
    tastes.push_back(std::move(taste));
  }
  view.set("tastes", tastes);
  if (!portrait.written_high.empty()) {
    view.set("rates_high", quoted(portrait.written_high, kTextBytes));
  } else if (!portrait.high.empty()) {
    view.set("rates_high", rated_titles(portrait.high));
  }
  if (const std::string low = rates_low(portrait); !low.empty()) view.set("rates_low", low);
  if (!portrait.lately.empty()) view.set("lately", rated_titles(portrait.lately));
  if (portrait.tendency) {
    const auto percent_of = [](double share) { return fmt::format("{}", std::lround(100 * share)); };
    Prompts::View tendency;
    tendency.set("mean", fmt::format("{:.1f}", portrait.tendency->mean));
    tendency.set("others", fmt::format("{:.1f}", portrait.tendency->others));
    tendency.set("fives", percent_of(portrait.tendency->fives));
    tendency.set("lows", percent_of(portrait.tendency->lows));
    view.set("tendency", tendency);
  }
  return view;
}

}  // namespace throng
