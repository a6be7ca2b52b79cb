#include "agents/session.h"

#include <algorithm>
#include <bit>

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
};

/// Writes down what happens: into the record, the digest and the memory.
class Diary {
 public:
  Diary(const Actor& self, SessionRecord& record, Memory& memory)
      : self_(self), record_(record), memory_(memory) {
    record_.started = self.now();
    digest_.add(EventKind::session_start, now(), record_.round);
  }

  PageRecord& open_page(std::span<const ShownItem> shown) {
    PageRecord& page = record_.pages.emplace_back();
    page.page = static_cast<std::uint16_t>(record_.pages.size());
    page.shown_at = self_.now();
    page.impressions.reserve(shown.size());
    for (const ShownItem& item : shown) {
      page.impressions.push_back({.item = item.item, .mean_rating = item.mean_rating});
      if (item.words.empty()) continue;
      const auto position = static_cast<std::uint16_t>(page.impressions.size());
      page.words.push_back({.position = position, .text = std::string(item.words)});
      digest_.add(EventKind::words, page.page, position);
      digest_.add(item.words);
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
  /// Keeps the page in memory, in the order in which the agent was told of it.
  void remember(const PageRecord& page) {
    boost::container::small_vector<RememberedItem, 16> items(page.impressions.size());
    std::span<const Action> actions = page.actions;
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[place_of(page, i + 1) - 1] = {.item = page.impressions[i].item,
                                          .aligned = page.impressions[i].aligned,
                                          .done = take_values(actions, i + 1)};
    }
    memory_.remember({.when = page.shown_at,
                      .satisfaction = page.satisfaction.value_or(kUnsaid),
                      .round = record_.round,
                      .page = page.page},
                     items);
    remember_words(page);
  }
  /// Keeps what has been said since the last time.
  void remember_words(const PageRecord& page) {
    for (; said_ < record_.notes.sayings.size(); ++said_) {
      const Saying& said = record_.notes.sayings[said_];
      const std::size_t place = said.position > 0 ? place_of(page, said.position) : 0;
      memory_.remember_words(said.about, static_cast<std::uint16_t>(place), said.text);
    }
  }
  void close(const std::optional<Interview>& interview) {
    record_.ended = self_.now();
    record_.interview = interview;
    if (interview) {
      digest_.add(EventKind::interview, now(), interview->score);
    } else {
      digest_.add(EventKind::no_interview, now());
    }
    add_notes();
    record_.digest = digest_.value();
    place_interview();
  }

 private:
  /// Of the item at `position` in the order in which the agent was told of the page; both from 1.
  static std::size_t place_of(const PageRecord& page, std::size_t position) {
    const auto place = std::ranges::find(page.prompt_order, position);
    return place == page.prompt_order.end() ? position
                                            : static_cast<std::size_t>(place - page.prompt_order.begin()) + 1;
  }

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
      if (unusable_reply.step == Step::interview) unusable_reply.page = last;
    }
  }

  const Actor& self_;
  SessionRecord& record_;
  Memory& memory_;
  std::size_t said_ = 0;  ///< so many sayings are in memory
  DigestChain digest_;
  std::vector<std::uint64_t> words_;  ///< of `made_of`
};

std::span<const ShownItem> page_of(const SessionContext& context, std::uint16_t page) {
  const std::size_t per_page = context.options.items_per_page;
  const std::size_t first = std::min(context.items.size(), (page - 1U) * per_page);
  return context.items.subspan(first, std::min(context.items.size() - first, per_page));
}

}  // namespace

Duration page_time(std::size_t viewed) { return kPerPage + static_cast<std::int64_t>(viewed) * kPerView; }

Duration longest_session(const SessionOptions& options) {
  return options.max_pages * page_time(options.items_per_page);
}

Task<void> run_session(Actor& self, SessionContext context, Memory& memory, SessionRecord& record) {
  Diary diary(self, record, memory);
  Situation situation{.agent = record.agent,
                      .round = record.round,
                      .profile = context.profile,
                      .memory = memory,
                      .max_pages = context.options.max_pages,
                      .notes = record.notes};
  for (situation.page = 1; situation.page <= context.options.max_pages; ++situation.page) {
    const std::span<const ShownItem> shown = page_of(context, situation.page);
    if (shown.empty()) break;

    PageRecord& page = diary.open_page(shown);
    std::optional<Reaction> reaction = co_await context.mind.react(self, situation, shown);
    std::optional<Decision> decision;
    if (reaction) {
      diary.add(page, *reaction);
      diary.remember(page);
      decision = reaction->decision;
    }
    co_await self.sleep_for(page_time(count_of(page.actions, ActionKind::view)));
    if (reaction && !decision) decision = co_await context.mind.decide(self, situation);
    if (!decision) {
      diary.add_degraded(page);
      if (record.abandoned()) break;
      continue;
    }
    diary.add(page, *decision);
    memory.remember(*decision);
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
  }
  std::optional<Interview> interview;
  if (!record.abandoned()) interview = co_await context.mind.interview(self, situation);
  diary.close(interview);
}

}  // namespace throng
