#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kainjow/mustache.hpp>

#include "agents/memory/retrieval.h"
#include "agents/minds/mind.h"
#include "agents/minds/prompt_check.h"
#include "agents/profile/personas.h"
#include "engine/base/hash.h"
#include "recsys/data/dataset.h"

namespace throng {

/// How a language model is asked.
enum class Protocol {
  structured,  ///< one call per page under a JSON Schema, and one for the interview
  agent4rec,   ///< Agent4Rec's calls in text: react, decide, reflect, interview
};

/// Such as "structured".
const char* to_string(Protocol protocol);

/// The prompt templates of one protocol: Mustache files (agents/prompts), embedded, any of which a folder of the same
/// layout may replace. A line `{{>name}}` stands for the template of that name in the upper folder. Immutable; any number of
/// threads may render.
class Prompts {
 public:
  using View = kainjow::mustache::data;

  /// Throws Failure(usage) if `folder` is none, a template in it is used by nothing or is no Mustache, or would not tell what it
  /// means to (prompt_check.h).
  explicit Prompts(Protocol protocol, const std::optional<std::filesystem::path>& folder = {});

  /// `name`: such as "system", "page" or "memory". What `view` does not have renders as nothing. Without line feeds
  /// at both ends, and never more than two in a row.
  std::string render(const std::string& name, const View& view) const;
  /// Of all templates.
  const Hash128& digest() const { return digest_; }
  /// Throws Failure(usage), naming file, line and placeholder, if a template tells of an attribute of users that is none of `names`.
  void check_attributes(std::span<const std::string> names) const {
    throng::check_attributes(attributes_, names);
  }

 private:
  /// Rendering changes none of them, for views hold no lambdas, although the library does not say const.
  mutable std::map<std::string, kainjow::mustache::mustache> templates_;
  std::vector<ToldAttribute> attributes_;
  Hash128 digest_;
};

/// `text` as data in a prompt: a JSON string, quotation marks included, so that it cannot end where it likes. At most
/// `most_bytes` of it, cut between characters.
std::string quoted(std::string_view text, std::size_t most_bytes);
/// So much of a title, or of a longer text, stands in a prompt.
inline constexpr std::size_t kTitleBytes = 200;
inline constexpr std::size_t kTextBytes = 600;

/// How an item is called before an agent: its title, with its year unless the title has it. Untrusted.
std::string shown_title(const Item& item);
/// The item's genres, joined by commas; untrusted as they are.
std::string shown_genres(const Item& item, const Catalogue& catalogue);

struct PromptViewOptions {
  std::string item_name{};           ///< what one item is, in the singular; empty: what the dataset says
  std::int64_t memory_tokens = 600;  ///< what memories may take of a prompt, by `estimate_tokens`
};

/// What prompt templates are told. Immutable; `dataset`, `personas` and `prompts` must outlive it.
class PromptViews {
 public:
  PromptViews(const Dataset& dataset, const Personas& personas, const Prompts& prompts,
              PromptViewOptions options);

  /// item, items; activity_N, conformity_N, diversity_N (N: the group 1 .. 3); about, what is known of the user in words, and
  /// about_NAME for each attribute; tastes, each with text and perhaps reason, or genre and, if there are,
  /// times, mean and examples, or such_as (titles of the history); rates_high, rates_low, lately, and tendency (with mean, others, fives, lows) if known. See SelfPortrait.
  /// others_rate where ratings of others are displayed; may_save, may_share and may_search where these are allowed.
  Prompts::View persona(const Profile& profile, const AllowedActions& allowed = {}) const;
  /// item, items, label (the item's name in capitals), others_rate, may_save, may_share and may_search as above, visit (its number, of
  /// later visits), page (after the visit: the last one) or, after a visit without any, shown_nothing, left (the agent has ended it), remembers, memories (each with text), of those
  /// that have come to mind.
  Prompts::View situation(const Situation& situation, std::span<const MemoryRef> memories) const;
  /// The same and count, results_of (the search that the page answers) or nothing_for (the one that found nothing), shown (each with number, title, rating if others have rated it, has_genres, genres, has_summary,
  /// summary).
  Prompts::View page(const Situation& situation, std::span<const MemoryRef> memories,
                     std::span<const ShownItem> shown) const;

  /// The same as `situation`, and question, and by its kind score with least and most, choice with options (each with text), or
  /// words.
  Prompts::View question(const Situation& situation, std::span<const MemoryRef> memories,
                         const InterviewQuestion& asked) const;

  /// What a page, or a memory, is about, to be compared: titles, genres, and what the agent said of them.
  std::string about(std::span<const ShownItem> shown) const;
  std::string about(const Memory& memory, const MemoryRef& ref) const;
  /// The tokens that a memory takes of a prompt.
  std::int64_t tokens_of(const Situation& situation, const MemoryRef& ref) const;
  std::int64_t memory_tokens() const { return options_.memory_tokens; }

 private:
  Prompts::View names() const;
  static void add_allowed(const AllowedActions& allowed, Prompts::View& view);
  std::string titles(std::span<const ItemId> items) const;
  std::string rated_titles(std::span<const RatedItem> items) const;
  std::string rates_low(const SelfPortrait& portrait) const;
  Prompts::View genre_taste(const GenreTaste& taste) const;
  void add_about(const Profile& profile, Prompts::View& view) const;
  /// Renders `memory` or `reflection`.
  std::string memory_text(const Situation& situation, const MemoryRef& ref) const;
  std::string page_text(const Situation& situation, std::size_t page) const;
  std::string reflection_text(const Situation& situation, std::size_t reflection) const;

  const Dataset& dataset_;
  const Personas& personas_;
  const Prompts& prompts_;
  PromptViewOptions options_;
  std::string item_name_;
  bool others_rate_;  ///< ratings of others are displayed
};

}  // namespace throng
