#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/session_record.h"

namespace throng {

/// ActionValues in few bytes.
class PackedValues {
 public:
  PackedValues() = default;
  PackedValues(const ActionValues& values) {  // NOLINT(google-explicit-constructor): it says the same
    for (std::size_t kind = kActionKinds; kind > 0; --kind)
      bits_ = static_cast<std::uint16_t>(bits_ << kBits | values[kind - 1]);
  }
  std::uint8_t value(ActionKind kind) const {
    const unsigned place = static_cast<unsigned>(kind) - 1U;
    return static_cast<std::uint8_t>(bits_ >> (kBits * place) & ((1U << kBits) - 1U));
  }

 private:
  static constexpr unsigned kBits = 3;  ///< no kind has a value above 5
  static_assert(kBits * kActionKinds <= 16);

  std::uint16_t bits_ = 0;
};

/// An item that was shown, and what was made of it. (Twenty pages of a million agents: it has 8 bytes.)
struct RememberedItem {
  ItemId item{};
  bool aligned = false;  ///< with the taste
  PackedValues done{};

  std::uint8_t value(ActionKind kind) const { return done.value(kind); }
};
static_assert(sizeof(RememberedItem) == 8);

/// At most so many bytes from the start of UTF-8, cut between characters.
std::string_view beginning(std::string_view text, std::size_t most_bytes);

/// The sum of |rating - 3| of what was rated; 1 if nothing was.
double importance_of(std::span<const RememberedItem> page);

/// In the place of a number from 0 to 1: the agent did not say.
inline constexpr float kUnsaid = -1;

/// One page: what happened on it, and how it felt. (A million agents have twenty of them each: it is kept small.)
struct RememberedPage {
  enum class Then : std::uint8_t {
    unsaid,
    next,
    exit,
    search,
    next_in_vain,  ///< it would have gone on, but there was no further page
    search_in_vain,
  };

  VirtualTime when;               ///< it was shown
  double satisfaction = kUnsaid;  ///< with this page
  float so_far = kUnsaid;         ///< satisfaction that the decision after it went by
  float fatigue = kUnsaid;
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  std::uint16_t items = 0;  ///< how many were shown
  Then then = Then::unsaid;
  bool shows_results = false;  ///< of the search before it
};

/// What was concluded from everything up to a page.
struct RememberedReflection {
  VirtualTime when;
  double satisfaction = 0;  ///< in [0, 1]
  float importance = 0;     ///< of the most important page since the reflection before it
  std::uint16_t round = 0;
  std::uint16_t page = 0;
};

/// The agent's own words about a page, or in a reflection after it. Untrusted.
struct RememberedWords {
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  std::uint16_t place = 0;  ///< of the item in the order of `Memory::items_of`, from 1; 0: no item's
  Saying::About about = Saying::About::decision;
  std::string text;
};

/// When a conclusion is drawn from memory: as soon as one of these holds since the last one; 0: never for that.
struct ReflectionRule {
  std::uint16_t pages = 0;  ///< so many were seen
  double swing = 0;         ///< satisfaction with the last two pages differs so much, in (0, 1]
  double importance = 0;    ///< so much has gathered (importance_of)
};

/// An agent's memory: structured records and its own words, from which prose is made only inside a prompt.
class Memory {
 public:
  /// Of what was said at once so much is remembered.
  static constexpr std::size_t kWordsBytes = 240;

  Memory() = default;
  Memory(const Memory& other);
  Memory(Memory&&) = default;
  Memory& operator=(const Memory& other) { return *this = Memory(other); }
  Memory& operator=(Memory&&) = default;
  ~Memory() = default;

  /// Remembers a page, with its items in the order in which the agent was told of them; its importance gathers.
  void remember(RememberedPage page, std::span<const RememberedItem> items);
  /// What was decided after the youngest page.
  void remember(const Decision& decision);
  /// That no page followed the youngest one, whatever was decided.
  void nothing_followed();
  /// Remembers a reflection on everything up to the youngest page and lets importance gather anew.
  void remember(const Reflection& reflection);
  /// What was said about the youngest page; at most `kWordsBytes` of it are kept, cut between characters.
  void remember_words(Saying::About about, std::uint16_t place, std::string_view text);

  /// Oldest first.
  const std::vector<RememberedPage>& pages() const { return kept().pages; }
  const std::vector<RememberedReflection>& reflections() const { return kept().reflections; }
  /// Those of `pages()[page]`.
  std::span<const RememberedItem> items_of(std::size_t page) const;
  /// What was said, oldest first.
  const std::vector<RememberedWords>& words() const { return kept().words; }

  /// Whether a reflection is due after the youngest page, or, of importance and swing before it, after `coming` more pages.
  bool calls_for_reflection(const ReflectionRule& rule, std::uint16_t coming = 0) const;

  /// What it takes, its own size included.
  std::size_t bytes() const;
  /// Forgets a page or a reflection, with what was said then. `page`, `reflection`: an index as above.
  void forget_page(std::size_t page);
  void forget_reflection(std::size_t reflection);
  /// Gives back what it has set aside to grow.
  void compact();

 private:
  enum class Words { of_page, of_reflection };
  void forget_words(std::uint16_t round, std::uint16_t page, Words which);

  struct Kept {
    std::vector<RememberedPage> pages;
    std::vector<RememberedItem> items;  ///< of all pages, one after the other
    std::vector<RememberedReflection> reflections;
    std::vector<RememberedWords> words;
    float most_important = 0;     ///< of the pages since the last reflection
    float importance = 0;         ///< gathered since the last reflection
    std::uint32_t pages_ago = 0;  ///< seen since the last reflection
  };
  Kept& kept();
  const Kept& kept() const;

  std::unique_ptr<Kept> kept_;  ///< null: nothing yet, as of the many agents that wait for their first reply
};

}  // namespace throng
