#include "agents/session.h"

#include <algorithm>
#include <bit>
#include <memory>

#include <boost/container/small_vector.hpp>

#include "agents/memory/retrieval.h"
#include "engine/base/hash.h"

namespace throng {
namespace {

constexpr Duration kPerPage = std::chrono::seconds(20);
constexpr Duration kPerView = std::chrono::seconds(30);

/// What the digest counts as events. The numbers are part of every digest: never reuse one (2 was an impression with what was
/// done with it).
enum class EventKind : std::uint8_t {
  session_start = 1,
  page = 3,
  decision = 4,
  reflection = 5,
  interview = 6,
  degraded_page = 7,
  no_interview = 8,
  saying = 9,
  unusable_reply = 10,
  impressions = 11,
  words = 12,
  prompt_order = 13,
  answer = 14,
  search = 20,
  results = 21,
};

/// Of the item at `position` in the order in which the agent was told of the page; both from 1.
std::size_t place_of(const PageRecord& page, std::size_t position) {
  const auto place = std::ranges::find(page.prompt_order, position);
  return place == page.prompt_order.end() ? position
                                          : static_cast<std::size_t>(place - page.prompt_order.begin()) + 1;
}

/// Keeps the page in memory, in the order in which the agent was told of it.
void remember_page(const PageRecord& page, std::uint16_t round, Memory& memory) {
  boost::container::small_vector<RememberedItem, 16> items(page.impressions.size());
  std::span<const Action> actions = page.actions;
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[place_of(page, i + 1) - 1] = {.item = page.impressions[i].item,
                                        .aligned = page.impressions[i].aligned,
                                        .done = take_values(actions, i + 1)};
  }
  memory.remember({.when = page.shown_at,
                   .satisfaction = page.satisfaction.value_or(kUnsaid),
                   .round = round,
                   .page = page.page,
                   .shows_results = page.shows_results()},
                  items);
}

void remember_saying(const PageRecord& page, const Saying& said, Memory& memory) {
  const std::size_t place = said.position > 0 ? place_of(page, said.position) : 0;
  memory.remember_words(said.about, static_cast<std::uint16_t>(place), said.text);
}

/// Writes down what happens: into the record, the digest and the memory.
class Diary {
 public:
  Diary(const Actor& self, SessionRecord& record, Memory& memory)
      : self_(self), record_(record), memory_(memory) {
    record_.started = self.now();
    digest_.add(EventKind::session_start, now(), record_.round);
  }

  /// `hidden`: see Impression; empty: not known.
  PageRecord& open_page(std::span<const ShownItem> shown, std::string_view results_of,
                        std::span<const ItemId> hidden) {
    PageRecord& page = record_.pages.emplace_back();
    page.page = static_cast<std::uint16_t>(record_.pages.size());
    page.shown_at = self_.now();
    page.results_of = results_of;
    add_words_of(EventKind::results, page.page, results_of);
    page.impressions.reserve(shown.size());
    for (const ShownItem& item : shown) {
      page.impressions.push_back({.item = item.item, .mean_rating = item.mean_rating});
      if (!hidden.empty()) page.impressions.back().hidden = std::ranges::binary_search(hidden, item.item);
      if (item.advert == nullptr) continue;
      const auto position = static_cast<std::uint16_t>(page.impressions.size());
      page.words.push_back({.position = position, .text = *item.advert});
      digest_.add(EventKind::words, page.page, position);
      digest_.add(*item.advert);
    }
    return page;
  }
  void add(PageRecord& page, Reaction& reaction) {
    page.satisfaction = reaction.satisfaction;
    page.actions = std::move(reaction.actions);
    for (std::size_t i = 0; i < page.impressions.size(); ++i)
      page.impressions[i].aligned = reaction.aligned[i];
    page.prompt_order = std::move(reaction.prompt_order);
    for (const std::uint16_t position : page.prompt_order)
      digest_.add(EventKind::prompt_order, page.page, position);
    digest_.add(EventKind::impressions, page.page, page.impressions.size());
    digest_.add(made_of(page));
    digest_.add(EventKind::page, now(), page.page, reaction.satisfaction.value_or(kUnsaid));
  }
  void add(PageRecord& page, const Decision& decision) {
    page.decision = decision;
    digest_.add(EventKind::decision, now(), page.page, decision.satisfaction.value_or(kUnsaid),
                decision.fatigue.value_or(kUnsaid), decision.exits);
    add_words_of(EventKind::search, page.page, decision.search);
  }
  void add(PageRecord& page, const Reflection& reflection) {
    page.reflection = reflection;
    digest_.add(EventKind::reflection, now(), page.page, reflection.satisfaction);
  }
  void add_degraded(const PageRecord& page) {
    for (const Impression& shown : page.impressions) {
      digest_.add(EventKind::degraded_page, page.page, shown.item, shown.mean_rating);
    }
    digest_.add(EventKind::degraded_page, now(), page.page);
  }
  void remember(const PageRecord& page) {
    remember_page(page, record_.round, memory_);
    remember_words(page);
  }
  /// Keeps what was decided after the page. `is_last`: no page can follow.
  void remember(const Decision& decision, bool is_last) {
    memory_.remember(decision);
    if (is_last) memory_.nothing_followed();
  }
  /// That the session is over, if the agent did not end it.
  void remember_end() {
    if (!record_.pages.empty() && !record_.pages.back().degraded()) memory_.nothing_followed();
  }
  /// Keeps what has been said since the last time.
  void remember_words(const PageRecord& page) {
    for (; said_ < record_.notes.sayings.size(); ++said_)
      remember_saying(page, record_.notes.sayings[said_], memory_);
  }
  void close(const std::optional<Interview>& interview) {
    record_.ended = self_.now();
    record_.interview = interview;
    if (interview) {
      digest_.add(EventKind::interview, now(), interview->score);
    } else {
      digest_.add(EventKind::no_interview, now());
    }
    add_answers();
    add_notes();
    record_.digest = digest_.value();
    place_interview();
  }

 private:
  /// What was shown and done on the page, hashed at once: nearly all of what a digest takes.
  Hash128 made_of(const PageRecord& page) {
    words_.clear();
    for (const Impression& shown : page.impressions) {
      words_.push_back(std::uint64_t{index(shown.item)} << 1U | (shown.aligned ? 1U : 0U));
      words_.push_back(std::bit_cast<std::uint32_t>(shown.mean_rating));
    }
    for (const Action& action : page.actions) {
      words_.push_back(std::uint64_t{action.position} << 16U | std::uint64_t(action.kind) << 8U |
                       action.value);
    }
    return hash128(std::as_bytes(std::span(words_)));
  }

  std::int64_t now() const { return self_.now().time_since_epoch().count(); }

  void add_words_of(EventKind kind, std::uint16_t page, std::string_view words) {
    if (words.empty()) return;
    digest_.add(kind, page);
    digest_.add(words);
  }

  void add_answers() {
    for (const Answer& answer : record_.answers) {
      digest_.add(EventKind::answer, answer.score.has_value(), answer.score.value_or(0));
      for (const std::string& text : {answer.question, answer.choice, answer.words}) digest_.add(text);
    }
  }

  void add_notes() {
    for (const Saying& said : record_.notes.sayings) {
      digest_.add(EventKind::saying, said.page, said.position, said.about);
      digest_.add(said.text);
    }
    for (const UnusableReply& unusable_reply : record_.notes.unusable) {
      digest_.add(EventKind::unusable_reply, unusable_reply.page, unusable_reply.step);
      digest_.add(unusable_reply.reply);
    }
  }

  /// In draws, seeds and digests an interview has the number of the page that comes next, which there is none of after the
  /// last one; to a reader it belongs to the last page visited.
  void place_interview() {
    const auto last = static_cast<std::uint16_t>(record_.pages.size());
    for (Saying& said : record_.notes.sayings) {
      if (said.about == Saying::About::interview) said.page = last;
    }
    for (UnusableReply& unusable_reply : record_.notes.unusable) {
      if (is_of_interview(unusable_reply.step)) unusable_reply.page = last;
    }
  }

  const Actor& self_;
  SessionRecord& record_;
  Memory& memory_;
  std::size_t said_ = 0;  ///< so many sayings are in memory
  DigestChain digest_;
  std::vector<std::uint64_t> words_;  ///< of `made_of`
};

/// Cuts the ranking, and what is found, into pages.
class Pages {
 public:
  explicit Pages(const SessionContext& context) : context_(context), left_(context.items) {}

  /// What the ranking shows next. The page lives until the next one is asked for.
  std::span<const ShownItem> next() {
    if (found_ == nullptr) return take(std::min(left_.size(), per_page()));
    found_->page.clear();
    while (found_->page.size() < per_page() && !left_.empty()) {
      const ShownItem& item = take(1).front();
      if (!was_found(item.item)) found_->page.push_back(item);
    }
    return found_->page;
  }

  /// Whether the ranking has been shown to its end.
  bool are_over() const { return left_.empty(); }

  /// What a search brings; likewise.
  std::span<const ShownItem> results(const std::string& query) {
    if (context_.catalogue == nullptr) return {};
    if (found_ == nullptr) found_ = std::make_unique<Found>();
    found_->page.clear();
    for (const ItemId item :
         context_.catalogue->find(query, per_page(), [&](ItemId each) { return is_new(each); })) {
      found_->items.push_back(item);
      found_->page.push_back(plain_item(item, context_.mean_ratings));
    }
    return found_->page;
  }

 private:
  std::size_t per_page() const { return context_.options.items_per_page; }

  std::span<const ShownItem> take(std::size_t count) {
    const std::span<const ShownItem> taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  bool was_found(ItemId item) const { return std::ranges::find(found_->items, item) != found_->items.end(); }

  bool is_new(ItemId item) const {
    const auto shown = context_.items.first(context_.items.size() - left_.size());
    return std::ranges::find(shown, item, &ShownItem::item) == shown.end() && !was_found(item) &&
           std::ranges::none_of(context_.not_found, [&](std::span<const ItemId> items) {
             return std::ranges::binary_search(items, item);
           });
  }

  struct Found {
    std::vector<ItemId> items;    ///< by searches, so far
    std::vector<ShownItem> page;  ///< the one at hand
  };

  const SessionContext& context_;
  std::span<const ShownItem> left_;  ///< of the ranking
  std::unique_ptr<Found>
      found_;  ///< null before the first search: many agents wait with this in their frames
};

/// The interview and the questions. (A coroutine of its own: frames of many agents wait for their first reply.)
Task<std::optional<Interview>> ask_afterwards(Actor& self, const SessionContext& context,
                                              const Situation& situation, SessionRecord& record) {
  std::optional<Interview> interview = co_await context.mind.interview(self, situation);
  for (const InterviewQuestion* const question : context.questions) {
    std::optional<Answer> answer = co_await context.mind.answer(self, situation, *question);
    if (answer) record.answers.push_back(std::move(*answer));
  }
  co_return interview;
}

std::span<const ItemId> hidden_for(const SessionContext& context) {
  if (context.hidden == nullptr) return {};
  return context.hidden->items_of(context.profile.user);
}

}  // namespace

Duration page_time(std::size_t viewed) { return kPerPage + static_cast<std::int64_t>(viewed) * kPerView; }

Duration longest_session(const SessionOptions& options) {
  return options.max_pages * page_time(options.items_per_page);
}

Task<void> run_session(Actor& self, const SessionContext& context, Memory& memory, SessionRecord& record) {
  Diary diary(self, record, memory);
  Situation situation{.agent = record.agent,
                      .round = record.round,
                      .profile = context.profile,
                      .memory = memory,
                      .max_pages = context.options.max_pages,
                      .notes = record.notes,
                      .allowed = context.options.actions};
  Pages pages(context);
  std::string query;  // of the search that the next page answers
  for (situation.page = 1; situation.page <= context.options.max_pages; ++situation.page) {
    std::span<const ShownItem> shown;
    if (!query.empty()) shown = pages.results(query);
    situation.searched_for = query;
    situation.found = !shown.empty();
    if (shown.empty()) shown = pages.next();
    if (shown.empty()) break;

    PageRecord& page = diary.open_page(shown, situation.found ? situation.searched_for : std::string_view(),
                                       hidden_for(context));
    std::optional<Reaction> reaction = co_await context.mind.react(self, situation, shown);
    std::optional<Decision> decision;
    if (reaction) {
      diary.add(page, *reaction);
      diary.remember(page);
      decision = reaction->decision;
    }
    co_await self.sleep_for(page_time(count_of(page.actions, ActionKind::view)));
    if (reaction && !decision) decision = co_await context.mind.decide(self, situation);
    situation.searched_for = {};
    query.clear();
    if (!decision) {
      diary.add_degraded(page);
      if (record.abandoned()) break;
      continue;
    }
    diary.add(page, *decision);
    diary.remember(*decision, situation.page == context.options.max_pages ||
                                  (decision->search.empty() && pages.are_over()));
    diary.remember_words(page);
    std::optional<Reflection> reflection = reaction->reflection;
    if (!reflection) reflection = co_await context.mind.reflect(self, situation);
    if (reflection) {
      diary.add(page, *reflection);
      memory.remember(*reflection);
    }
    diary.remember_words(page);
    forget(memory, self.now(), context.options.memory_bytes);
    if (decision->exits) break;
    query = decision->search;
  }
  diary.remember_end();
  situation.visited = static_cast<std::uint16_t>(record.pages.size());
  std::optional<Interview> interview;
  if (!record.abandoned()) interview = co_await ask_afterwards(self, context, situation, record);
  diary.close(interview);
}

void remember_session(const SessionRecord& session, const SessionOptions& options, Memory& memory) {
  for (const PageRecord& page : session.pages) {
    std::vector<const Saying*> said;
    for (const Saying& saying : session.notes.sayings) {
      if (saying.page == page.page && saying.about != Saying::About::interview) said.push_back(&saying);
    }
    // Of a page without a decision only a reaction that could be made out is remembered: it did or said something.
    if (page.degraded() && page.actions.empty() && said.empty()) continue;
    remember_page(page, session.round, memory);
    for (const Saying* const saying : said) remember_saying(page, *saying, memory);
    if (page.degraded()) continue;
    memory.remember(*page.decision);
    if (&page == &session.pages.back()) memory.nothing_followed();
    if (page.reflection) memory.remember(*page.reflection);
    forget(memory, page.shown_at + page_time(count_of(page.actions, ActionKind::view)), options.memory_bytes);
  }
}

}  // namespace throng
