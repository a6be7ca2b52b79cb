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

void Memory::remember(RememberedPage page, std::span<const RememberedItem> items) {
  const auto importance = static_cast<float>(importance_of(items));  // a sum of whole numbers
  importance_ += importance;
  most_important_ = std::max(most_important_, importance);
  ++pages_ago_;
  page.items = static_cast<std::uint16_t>(items.size());
  pages_.push_back(page);
  items_.insert(items_.end(), items.begin(), items.end());
}

void Memory::remember(const Decision& decision) {
  if (pages_.empty()) return;
  RememberedPage& page = pages_.back();
  if (decision.satisfaction) page.so_far = static_cast<float>(*decision.satisfaction);
  if (decision.fatigue) page.fatigue = static_cast<float>(*decision.fatigue);
  page.then = decision.exits ? RememberedPage::Then::exit : RememberedPage::Then::next;
}

void Memory::remember(const Reflection& reflection) {
  if (pages_.empty()) return;
  pages_ago_ = 0;
  importance_ = 0;
  const RememberedPage& last = pages_.back();
  reflections_.push_back({.when = last.when,
                          .satisfaction = reflection.satisfaction,
                          .importance = std::exchange(most_important_, 0.0F),
                          .round = last.round,
                          .page = last.page});
}

void Memory::remember_words(Saying::About about, std::uint16_t place, std::string_view text) {
  if (pages_.empty() || text.empty()) return;
  words_.push_back({.round = pages_.back().round,
                    .page = pages_.back().page,
                    .place = place,
                    .about = about,
                    .text = std::string(beginning(text, kWordsBytes))});
}

bool Memory::calls_for_reflection(const ReflectionRule& rule, std::uint16_t coming) const {
  if (rule.pages > 0 && pages_ago_ + coming >= rule.pages) return true;
  if (rule.importance > 0 && importance_ >= rule.importance) return true;
  if (rule.swing <= 0 || pages_ago_ < 2 || pages_.size() < 2) return false;
  const double last = felt(pages_.back());
  const double before = felt(pages_[pages_.size() - 2]);
  return last != kUnsaid && before != kUnsaid && std::abs(last - before) >= rule.swing;
}

std::size_t Memory::bytes() const {
  std::size_t words = words_.capacity() * sizeof(RememberedWords);
  for (const RememberedWords& said : words_) words += said.text.capacity() + 1;
  return sizeof(Memory) + pages_.capacity() * sizeof(RememberedPage) +
         items_.capacity() * sizeof(RememberedItem) + reflections_.capacity() * sizeof(RememberedReflection) +
         words;
}

void Memory::forget_page(std::size_t page) {
  const std::span<const RememberedItem> items = items_of(page);
  const auto first = items_.begin() + (items.data() - items_.data());
  items_.erase(first, first + static_cast<std::ptrdiff_t>(items.size()));
  forget_words(pages_[page].round, pages_[page].page, Words::of_page);
  pages_.erase(pages_.begin() + static_cast<std::ptrdiff_t>(page));
}

void Memory::forget_reflection(std::size_t reflection) {
  forget_words(reflections_[reflection].round, reflections_[reflection].page, Words::of_reflection);
  reflections_.erase(reflections_.begin() + static_cast<std::ptrdiff_t>(reflection));
}

void Memory::forget_words(std::uint16_t round, std::uint16_t page, Words which) {
  std::erase_if(words_, [&](const RememberedWords& said) {
    return said.round == round && said.page == page &&
           is_of_reflection(said.about) == (which == Words::of_reflection);
  });
}

void Memory::compact() {
  pages_.shrink_to_fit();
  items_.shrink_to_fit();
  reflections_.shrink_to_fit();
  words_.shrink_to_fit();
}

std::span<const RememberedItem> Memory::items_of(std::size_t page) const {
  std::size_t first = 0;
  for (std::size_t before = 0; before < page; ++before) first += pages_[before].items;
  return std::span(items_).subspan(first, pages_[page].items);
}

}  // namespace throng
