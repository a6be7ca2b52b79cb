#include "agents/memory/memory.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace throng {

std::string_view beginning(std::string_view text, std::size_t most_bytes) {
  std::size_t end = std::min(text.size(), most_bytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

namespace {

/// How the agent felt about the page or, where it said nothing of it, about everything then.
double felt(const RememberedPage& page) {
  return page.satisfaction != kUnsaid ? page.satisfaction : static_cast<double>(page.so_far);
}

}  // namespace

double importance_of(std::span<const RememberedItem> page) {
  double sum = 0;
  bool rated_any = false;
  for (const RememberedItem& item : page) {
    const std::uint8_t rating = item.value(ActionKind::rate);
    if (rating == 0) continue;
    rated_any = true;
    sum += std::abs(rating - 3.0);
  }
  return rated_any ? sum : 1;
}

Memory::Memory(const Memory& other) : kept_(other.kept_ ? std::make_unique<Kept>(*other.kept_) : nullptr) {}

Memory::Kept& Memory::kept() {
  if (!kept_) kept_ = std::make_unique<Kept>();
  return *kept_;
}

const Memory::Kept& Memory::kept() const {
  static const Kept nothing;
  return kept_ ? *kept_ : nothing;
}

void Memory::remember(RememberedPage page, std::span<const RememberedItem> items) {
  const auto importance = static_cast<float>(importance_of(items));  // a sum of whole numbers
  kept().importance += importance;
  kept().most_important = std::max(kept().most_important, importance);
  ++kept().pages_ago;
  page.items = static_cast<std::uint16_t>(items.size());
  kept().pages.push_back(page);
  kept().items.insert(kept().items.end(), items.begin(), items.end());
}

void Memory::remember(const Decision& decision) {
  if (kept().pages.empty()) return;
  RememberedPage& page = kept().pages.back();
  if (decision.satisfaction) page.so_far = static_cast<float>(*decision.satisfaction);
  if (decision.fatigue) page.fatigue = static_cast<float>(*decision.fatigue);
  page.then = decision.exits            ? RememberedPage::Then::exit
              : decision.search.empty() ? RememberedPage::Then::next
                                        : RememberedPage::Then::search;
  remember_words(Saying::About::search, 0, decision.search);
}

void Memory::nothing_followed() {
  if (kept().pages.empty()) return;
  RememberedPage::Then& then = kept().pages.back().then;
  if (then == RememberedPage::Then::next) then = RememberedPage::Then::next_in_vain;
  if (then == RememberedPage::Then::search) then = RememberedPage::Then::search_in_vain;
}

void Memory::remember(const Reflection& reflection) {
  if (kept().pages.empty()) return;
  kept().pages_ago = 0;
  kept().importance = 0;
  const RememberedPage& last = kept().pages.back();
  kept().reflections.push_back({.when = last.when,
                                .satisfaction = reflection.satisfaction,
                                .importance = std::exchange(kept().most_important, 0.0F),
                                .round = last.round,
                                .page = last.page});
}

void Memory::remember_words(Saying::About about, std::uint16_t place, std::string_view text) {
  if (kept().pages.empty() || text.empty()) return;
  kept().words.push_back({.round = kept().pages.back().round,
                          .page = kept().pages.back().page,
                          .place = place,
                          .about = about,
                          .text = std::string(beginning(text, kWordsBytes))});
}

bool Memory::calls_for_reflection(const ReflectionRule& rule, std::uint16_t coming) const {
  if (rule.pages > 0 && kept().pages_ago + coming >= rule.pages) return true;
  if (rule.importance > 0 && kept().importance >= rule.importance) return true;
  if (rule.swing <= 0 || kept().pages_ago < 2 || kept().pages.size() < 2) return false;
  const double last = felt(kept().pages.back());
  const double before = felt(kept().pages[kept().pages.size() - 2]);
  return last != kUnsaid && before != kUnsaid && std::abs(last - before) >= rule.swing;
}

std::size_t Memory::bytes() const {
  std::size_t words = kept().words.capacity() * sizeof(RememberedWords);
  for (const RememberedWords& said : kept().words) words += said.text.capacity() + 1;
  return sizeof(Memory) + (kept_ ? sizeof(Kept) : 0) + kept().pages.capacity() * sizeof(RememberedPage) +
         kept().items.capacity() * sizeof(RememberedItem) +
         kept().reflections.capacity() * sizeof(RememberedReflection) + words;
}

void Memory::forget_page(std::size_t page) {
  const std::span<const RememberedItem> items = items_of(page);
  const auto first = kept().items.begin() + (items.data() - kept().items.data());
  kept().items.erase(first, first + static_cast<std::ptrdiff_t>(items.size()));
  forget_words(kept().pages[page].round, kept().pages[page].page, Words::of_page);
  kept().pages.erase(kept().pages.begin() + static_cast<std::ptrdiff_t>(page));
}

void Memory::forget_reflection(std::size_t reflection) {
  forget_words(kept().reflections[reflection].round, kept().reflections[reflection].page,
               Words::of_reflection);
  kept().reflections.erase(kept().reflections.begin() + static_cast<std::ptrdiff_t>(reflection));
}

void Memory::forget_words(std::uint16_t round, std::uint16_t page, Words which) {
  std::erase_if(kept().words, [&](const RememberedWords& said) {
    return said.round == round && said.page == page &&
           is_of_reflection(said.about) == (which == Words::of_reflection);
  });
}

void Memory::compact() {
  if (!kept_) return;
  kept().pages.shrink_to_fit();
  kept().items.shrink_to_fit();
  kept().reflections.shrink_to_fit();
  kept().words.shrink_to_fit();
}

std::span<const RememberedItem> Memory::items_of(std::size_t page) const {
  std::size_t first = 0;
  for (std::size_t before = 0; before < page; ++before) first += kept().pages[before].items;
  return std::span(kept().items).subspan(first, kept().pages[page].items);
}

}  // namespace throng
