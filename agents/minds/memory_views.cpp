#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "agents/minds/prompts.h"
#include "llm/tokens.h"

namespace throng {
namespace {

using View = Prompts::View;
using List = kainjow::mustache::list;

View present() { return View::type::bool_true; }

/// Appends `item` to a list whose entries know whether a comma follows.
void add_item(List& list, View item) {
  if (!list.empty()) list.back().set("comma", ", ");
  list.push_back(std::move(item));
}

std::string own_words(std::string_view text) { return quoted(text, Memory::kWordsBytes); }

/// The agent's words about the youngest page of this number, or after it; "" if it said nothing.
std::string said(const Memory& memory, const RememberedPage& page, Saying::About about,
                 std::size_t place = 0) {
  std::string text;
  for (const RememberedWords& words : memory.words()) {
    if (words.round != page.round || words.page != page.page || words.about != about || words.place != place)
      continue;
    if (!text.empty()) text += ", ";
    text += own_words(words.text);
  }
  return text;
}

void set_if_said(View& view, const std::string& name, const std::string& text) {
  if (!text.empty()) view.set(name, text);
}

/// Whether the page shows the ranking because the search before it found nothing.
bool found_nothing(const Memory& memory, std::size_t number) {
  if (number == 0) return false;
  const RememberedPage& page = memory.pages()[number];
  const RememberedPage& before = memory.pages()[number - 1];
  return before.then == RememberedPage::Then::search && before.round == page.round &&
         before.page + 1 == page.page && !page.shows_results;
}

/// The number of a visit, where there was more than one.
void set_visit(View& view, const Situation& situation, std::uint16_t round) {
  if (situation.round > 0) view.set("visit", fmt::format("{}", round + 1));
}

/// How the agent felt about the page and what it did next, as far as it said so.
void add_emotions(View& view, const Memory& memory, const RememberedPage& page) {
  using Then = RememberedPage::Then;
  if (page.satisfaction != kUnsaid) view.set("satisfaction", fmt::format("{}", score_of(page.satisfaction)));
  if (page.fatigue != kUnsaid) view.set("fatigue", fmt::format("{}", std::lround(10 * page.fatigue)));
  if (page.so_far != kUnsaid) view.set(page.so_far > 0.5F ? "positive" : "negative", present());
  set_if_said(view, "mood_because", said(memory, page, Saying::About::feeling));
  if (page.then == Then::next) view.set("went_on", present());
  if (page.then == Then::exit) view.set("left", present());
  if (page.then == Then::next_in_vain || page.then == Then::search_in_vain) view.set("in_vain", present());
  set_if_said(view, "searched", said(memory, page, Saying::About::search));
  set_if_said(view, "because", said(memory, page, Saying::About::decision));
}

/// Whether the agent has ended the session that it is asked about.
bool has_left(const Situation& situation) {
  const std::vector<RememberedPage>& pages = situation.memory.pages();
  return !pages.empty() && pages.back().round == situation.round &&
         pages.back().then == RememberedPage::Then::exit;
}

}  // namespace

View PromptViews::situation(const Situation& situation, std::span<const MemoryRef> memories) const {
  List texts;
  for (const MemoryRef& ref : memories) {
    View view;
    view.set("text", memory_text(situation, ref));
    texts.push_back(std::move(view));
  }
  View view = names();
  add_allowed(situation.allowed, view);
  set_visit(view, situation, situation.round);
  if (situation.visited == 0) {
    view.set("shown_nothing", present());
  } else {
    const std::uint16_t page = std::min(situation.page, situation.max_pages);
    view.set("page", fmt::format("{}", situation.visited.value_or(page)));
  }
  if (has_left(situation)) view.set("left", present());
  if (others_rate_) view.set("others_rate", present());
  if (!texts.empty()) view.set("remembers", present());
  view.set("memories", texts);
  return view;
}

std::string PromptViews::about(std::span<const ShownItem> shown) const {
  std::string text;
  for (const ShownItem& each : shown) {
    const Item& item = dataset_.catalogue[each.item];
    text += fmt::format("{}, {}; ", item.title, shown_genres(item, dataset_.catalogue));
  }
  return text;
}

std::string PromptViews::about(const Memory& memory, const MemoryRef& ref) const {
  std::string text;
  std::pair<std::uint16_t, std::uint16_t> at;
  const bool is_page = ref.kind == MemoryRef::Kind::page;
  if (is_page) {
    for (const RememberedItem& item : memory.items_of(ref.index))
      text += about(std::array{ShownItem{.item = item.item}});
    at = {memory.pages()[ref.index].round, memory.pages()[ref.index].page};
  } else {
    at = {memory.reflections()[ref.index].round, memory.reflections()[ref.index].page};
  }
  for (const RememberedWords& words : memory.words()) {
    if (std::pair(words.round, words.page) == at && is_of_reflection(words.about) != is_page)
      text += words.text + "; ";
  }
  return text;
}

std::int64_t PromptViews::tokens_of(const Situation& situation, const MemoryRef& ref) const {
  return llm::estimate_tokens(memory_text(situation, ref));
}

std::string PromptViews::memory_text(const Situation& situation, const MemoryRef& ref) const {
  return ref.kind == MemoryRef::Kind::page ? page_text(situation, ref.index)
                                           : reflection_text(situation, ref.index);
}

std::string PromptViews::page_text(const Situation& situation, std::size_t number) const {
  const Memory& memory = situation.memory;
  const RememberedPage& page = memory.pages()[number];
  View view;
  set_visit(view, situation, page.round);
  view.set("page", fmt::format("{}", page.page));
  if (page.shows_results) view.set("results", present());
  if (found_nothing(memory, number)) view.set("found_nothing", present());
  List viewed;
  List kept;
  List unpicked;
  List passed;
  std::size_t place = 0;
  for (const RememberedItem& remembered : memory.items_of(number)) {
    ++place;
    View item;
    item.set("title", quoted(shown_title(dataset_.catalogue[remembered.item]), kTitleBytes));
    for (const ActionInfo& info : action_kinds()) {
      if (const std::uint8_t value = remembered.value(info.kind))
        item.set(std::string(info.done), info.text(value));
    }
    const std::string feeling = said(memory, page, Saying::About::feeling, place);
    set_if_said(item, "feeling", feeling);
    set_if_said(item, "share_words", said(memory, page, Saying::About::share, place));
    if (feeling.empty()) set_if_said(item, "reason", said(memory, page, Saying::About::alignment, place));
    const auto was = [&](ActionKind kind) { return remembered.value(kind) != 0; };
    List& list = was(ActionKind::view)   ? viewed
                 : was(ActionKind::save) ? kept
                 : remembered.aligned    ? unpicked
                                         : passed;
    add_item(list, std::move(item));
  }
  for (auto& [name, list] :
       {std::pair{"viewed", &viewed}, {"kept", &kept}, {"unpicked", &unpicked}, {"passed", &passed}}) {
    if (!list->empty()) view.set(fmt::format("{}_any", name), present());
    view.set(name, *list);
  }
  add_emotions(view, memory, page);
  return prompts_.render("memory", view);
}

std::string PromptViews::reflection_text(const Situation& situation, std::size_t number) const {
  const RememberedReflection& reflection = situation.memory.reflections()[number];
  const RememberedPage after{.round = reflection.round, .page = reflection.page};
  View view;
  set_visit(view, situation, reflection.round);
  view.set("page", fmt::format("{}", reflection.page));
  view.set("satisfaction", fmt::format("{}", score_of(reflection.satisfaction)));
  set_if_said(view, "reason", said(situation.memory, after, Saying::About::reflection));
  set_if_said(view, "taste", said(situation.memory, after, Saying::About::taste));
  return prompts_.render("reflection", view);
}

}  // namespace throng
