#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/memory.h"
#include "agents/minds/prompts.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "llm/tokens.h"

namespace throng {
namespace {

using View = Prompts::View;
using List = kainjow::mustache::list;

constexpr std::size_t kTitleBytes = 200;
constexpr std::size_t kTextBytes = 600;

View flag(bool value) { return value ? View::type::bool_true : View::type::bool_false; }

View with_text(const std::string& text) {
  View view;
  view.set("text", text);
  return view;
}

/// In whole tenths of [0, 1].
std::string tenths(double share) { return fmt::format("{}", std::lround(10 * share)); }

/// Appends `item` to a list whose entries know whether a comma follows.
void add_item(List& list, View item) {
  if (!list.empty()) list.back().set("comma", ", ");
  list.push_back(std::move(item));
}

/// The emotions that belong to a remembered page: the satisfaction with it, and what was concluded after it.
struct Emotions {
  double satisfaction = 0;
  std::optional<double> concluded;
};

Emotions emotions_of(const Memory& memory, const FactualMemory& page) {
  Emotions emotions;
  for (const EmotionalMemory& felt : memory.emotional()) {
    if (felt.round != page.round || felt.page != page.page) continue;
    if (felt.is_reflection) {
      emotions.concluded = felt.satisfaction;
    } else {
      emotions.satisfaction = felt.satisfaction;
    }
  }
  return emotions;
}

}  // namespace

std::string quoted(std::string_view text, std::size_t most_bytes) {
  std::string_view kept = text.substr(0, most_bytes);
  if (kept.size() < text.size()) {
    while (!kept.empty() && (static_cast<unsigned char>(text[kept.size()]) & 0xC0U) == 0x80U)
      kept.remove_suffix(1);
  }
  return Json(std::string(kept)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string shown_title(const Item& item) {
  const std::string year = fmt::format("({})", item.year);
  if (item.year == 0 || item.title.find(year) != std::string::npos) return item.title;
  return fmt::format("{} {}", item.title, year);
}

PromptViews::PromptViews(const Dataset& dataset, const Personas& personas, const Prompts& prompts,
                         PromptViewOptions options)
    : dataset_(dataset),
      personas_(personas),
      prompts_(prompts),
      options_(std::move(options)),
      item_name_(options_.item_name.empty() ? dataset.item_name : options_.item_name) {}

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

std::string PromptViews::memory_text(const Situation& situation, std::size_t number) const {
  const FactualMemory& page = situation.memory.factual()[number];
  const Emotions emotions = emotions_of(situation.memory, page);
  View view;
  if (page.round != situation.round) view.set("visit", fmt::format("{}", page.round + 1));
  view.set("page", fmt::format("{}", page.page));
  view.set("satisfaction", tenths(emotions.satisfaction));
  if (emotions.concluded) view.set("reflection", tenths(*emotions.concluded));
  List viewed;
  List passed;
  for (const RememberedItem& remembered : page.items) {
    View item;
    item.set("title", quoted(shown_title(dataset_.catalogue[remembered.item]), kTitleBytes));
    for (const ActionInfo& info : action_kinds()) {
      if (const std::uint8_t value = remembered.value(info.kind))
        item.set(std::string(info.done), info.text(value));
    }
    add_item(remembered.value(ActionKind::view) != 0 ? viewed : passed, std::move(item));
  }
  view.set("viewed_any", flag(!viewed.empty()));
  view.set("passed_any", flag(!passed.empty()));
  view.set("viewed", viewed);
  view.set("passed", passed);
  return prompts_.render("memory", view);
}

View PromptViews::situation_and(const Situation& situation, std::span<const ItemId> cue) const {
  std::map<std::size_t, std::string> texts;
  const std::vector<std::size_t> recalled = recall(
      situation.memory, dataset_.catalogue, cue, options_.memory_tokens,
      [&](std::size_t page) { return llm::estimate_tokens(texts[page] = memory_text(situation, page)); });
  List memories;
  for (const std::size_t page : recalled) memories.push_back(with_text(texts[page]));
  View view = names();
  view.set("page", fmt::format("{}", std::min(situation.page, situation.max_pages)));
  view.set("remembers", flag(!memories.empty()));
  view.set("memories", memories);
  return view;
}

View PromptViews::page(const Situation& situation, std::span<const ShownItem> shown) const {
  std::vector<ItemId> cue;
  List items;
  for (const ShownItem& each : shown) {
    const Item& item = dataset_.catalogue[each.item];
    cue.push_back(each.item);
    View view;
    view.set("number", fmt::format("{}", cue.size()));
    view.set("title", quoted(shown_title(item), kTitleBytes));
    view.set("rating", fmt::format("{:.2f}", each.mean_rating));
    view.set("has_genres", flag(!item.genres.empty()));
    view.set("genres", quoted(genres(item), kTitleBytes));
    if (!each.words.empty()) view.set("words", quoted(each.words, kTextBytes));
    view.set("has_summary", flag(!item.summary.empty()));
    view.set("summary", quoted(item.summary, kTextBytes));
    items.push_back(std::move(view));
  }
  View view = situation_and(situation, cue);
  view.set("count", fmt::format("{}", shown.size()));
  view.set("shown", items);
  return view;
}

std::string PromptViews::genres(const Item& item) const {
  std::vector<std::string_view> names;
  for (const GenreId genre : item.genres) names.emplace_back(dataset_.catalogue.genre_names[index(genre)]);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace throng
