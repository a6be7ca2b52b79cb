#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/prompts.h"
#include "engine/base/json.h"

namespace throng {
namespace {

using View = Prompts::View;
using List = kainjow::mustache::list;

View flag(bool value) { return value ? View::type::bool_true : View::type::bool_false; }

/// Whether the mean rating that is displayed of an item is one that people gave.
bool is_rated_by_others(const Dataset& dataset, const Item& item) {
  return item.mean_rating.has_value() || dataset.has_ratings();
}

}  // namespace

std::string quoted(std::string_view text, std::size_t most_bytes) {
  return Json(std::string(beginning(text, most_bytes))).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string shown_title(const Item& item) {
  const std::string year = fmt::format("({})", item.year);
  if (item.year == 0 || item.title.find(year) != std::string::npos) return item.title;
  return fmt::format("{} {}", item.title, year);
}

std::string shown_genres(const Item& item, const Catalogue& catalogue) {
  std::vector<std::string_view> names;
  for (const GenreId genre : item.genres) names.emplace_back(catalogue.genre_names[index(genre)]);
  return fmt::format("{}", fmt::join(names, ", "));
}

PromptViews::PromptViews(const Dataset& dataset, const Personas& personas, const Prompts& prompts,
                         PromptViewOptions options)
    : dataset_(dataset),
      personas_(personas),
      prompts_(prompts),
      options_(std::move(options)),
      item_name_(options_.item_name.empty() ? dataset.item_name : options_.item_name),
      others_rate_(std::ranges::any_of(
          dataset.catalogue.items, [&](const Item& item) { return is_rated_by_others(dataset, item); })) {}

View PromptViews::names() const {
  View view;
  view.set("item", item_name_);
  view.set("items", plural_of(item_name_));
  std::string label = item_name_;
  std::ranges::transform(label, label.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  view.set("label", label);
  return view;
}

void PromptViews::add_allowed(const AllowedActions& allowed, View& view) {
  for (const AllowedAction& action : allowed_actions())
    if (allowed.*action.is_allowed) view.set(fmt::format("may_{}", action.name), flag(true));
}

View PromptViews::page(const Situation& situation, std::span<const MemoryRef> memories,
                       std::span<const ShownItem> shown) const {
  List items;
  for (const ShownItem& each : shown) {
    const Item& item = dataset_.catalogue[each.item];
    View view;
    view.set("number", fmt::format("{}", items.size() + 1));
    view.set("title", quoted(shown_title(item), kTitleBytes));
    if (is_rated(each.mean_rating) && is_rated_by_others(dataset_, item))
      view.set("rating", fmt::format("{:.2f}", each.mean_rating));
    view.set("has_genres", flag(!item.genres.empty()));
    view.set("genres", quoted(shown_genres(item, dataset_.catalogue), kTitleBytes));
    if (each.advert != nullptr && !each.advert->empty()) view.set("words", quoted(*each.advert, kTextBytes));
    view.set("has_summary", flag(!item.summary.empty()));
    view.set("summary", quoted(item.summary, kTextBytes));
    items.push_back(std::move(view));
  }
  View view = this->situation(situation, memories);
  view.set("count", fmt::format("{}", shown.size()));
  view.set("shown", items);
  if (!situation.searched_for.empty()) {
    view.set(situation.found ? "results_of" : "nothing_for", quoted(situation.searched_for, kSearchBytes));
  }
  return view;
}

View PromptViews::question(const Situation& situation, std::span<const MemoryRef> memories,
                           const InterviewQuestion& asked) const {
  View view = this->situation(situation, memories);
  view.set("question", asked.text);
  view.set(to_string(asked.kind), flag(true));
  view.set("least", fmt::format("{}", asked.least));
  view.set("most", fmt::format("{}", asked.most));
  List options;
  for (const std::string& option : asked.options) {
    View each;
    each.set("text", option);
    options.push_back(std::move(each));
  }
  view.set("options", options);
  return view;
}

}  // namespace throng
