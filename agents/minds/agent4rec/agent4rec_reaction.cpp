#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/agent4rec/optional_lines.h"
#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "agents/minds/reading/title_match.h"
#include "engine/base/text.h"

namespace throng {
namespace {

constexpr int kGreatestRating = 5;

/// What the reply says under one title, before it is known which item is meant.
struct Statement {
  std::string_view title;  ///< empty: none was given
  std::optional<std::string_view> verdict;
  std::optional<std::string_view> rating;
  std::string_view reason;
  std::string_view feeling;
  bool of_choice = false;  ///< the title is the only one chosen; a reason is that of the choice

  bool says_something() const { return verdict || rating; }
};

class ReactionReader {
 public:
  explicit ReactionReader(std::span<const std::string> titles) : titles_(titles), matcher_(titles) {
    page_.items.resize(titles.size());
  }

  PageReading read(const OptionalLines& reply) {
    for (const ReplyField& field : reply_fields(reply.rest)) take(field);
    end_statement();
    check_completeness();
    take_optional(reply);
    return std::move(page_);
  }

 private:
  void take(const ReplyField& field) {
    switch (field.kind) {
      case FieldKind::text:
        // A heading such as "**Babe (1995)**"; other lines are remarks.
        if (!matcher_.match(field.value, Freedom::name).empty()) start_statement(field.value);
        break;
      case FieldKind::item:
        start_statement(field.value);
        break;
      case FieldKind::align:
        if (takes_title(field.value, is_verdict, statement_.verdict)) break;
        if (statement_.verdict || opens_statement(field.before)) start_statement(field.before);
        statement_.verdict = field.value;
        break;
      case FieldKind::rating:
        if (takes_title(field.value, is_rating, statement_.rating)) break;
        if (statement_.rating || opens_statement(field.before)) start_statement(field.before);
        statement_.rating = field.value;
        break;
      case FieldKind::reason:
        if (statement_.reason.empty() && !statement_.of_choice) statement_.reason = field.value;
        break;
      case FieldKind::feeling:
        if (statement_.feeling.empty()) statement_.feeling = field.value;
        break;
      case FieldKind::count:
        start_statement({});
        break;
      case FieldKind::watch:
        take_choice(field.value);
        break;
      case FieldKind::decision:
      case FieldKind::positive:
      case FieldKind::negative:
        break;
    }
  }

  static bool is_verdict(std::string_view value) { return read_verdict(value).has_value(); }
  static bool is_rating(std::string_view value) {
    const std::optional<int> rating = read_whole_number(value, kGreatestRating);
    return rating && *rating >= 1 && *rating <= kGreatestRating;
  }

  /// The label of a verdict or rating in place of the item's: "RATING: Apollo 13; RATING: 4", "RATING: Apollo 13 - 4".
  /// Starts the item's statement, with what it says in `stated` if the value says that too; false if the value is no
  /// title. One word that can be read as what the label announces is that, whatever is on the page ("RATING: Five").
  bool takes_title(std::string_view value, bool (*says)(std::string_view),
                   std::optional<std::string_view>& stated) {
    const auto splits_at = [&](std::size_t mark) {
      if (mark == std::string_view::npos || mark == 0) return false;
      const std::string_view said = without_decoration(value.substr(mark + 1));
      if (!says(said) || !names_one(matcher_.match(value.substr(0, mark), Freedom::name))) return false;
      start_statement(value.substr(0, mark));
      stated = said;
      return true;
    };
    if (splits_at(value.rfind('(')))
      return true;  // "Apollo 13 (4)", which a title with another name looks like
    const bool is_one_word = value.find(' ') == std::string_view::npos;
    if (!(is_one_word && says(value)) && names_one(matcher_.match(value, Freedom::name))) {
      start_statement(value);
      return true;
    }
    const std::size_t mark = value.find_last_of("-:=,");
    return splits_at(mark) ||
           (mark != std::string_view::npos && splits_at(value.substr(0, mark).find_last_of("-:=,")));
  }

  /// Whether the text before a line's first label is a title ("Babe - RATING: 4"). If a title is still waiting for its
  /// verdict or rating, another one must be an item's.
  bool opens_statement(std::string_view before) const {
    if (before.empty()) return false;
    const bool waits = !statement_.title.empty() && !statement_.says_something();
    return !waits || !matcher_.match(before).empty();
  }

  void start_statement(std::string_view title) {
    end_statement();
    statement_.title = title;
  }

  /// "WATCH: Babe, Casablanca"; "WATCH: yes" under a title says nothing that the rating does not.
  void take_choice(std::string_view list) {
    says_choice_ = true;
    if (list.find(' ') == std::string_view::npos && read_verdict(list)) return;
    const std::vector<std::string_view> titles = titles_in(list, matcher_);
    start_statement(titles.size() == 1 ? titles.front() : std::string_view());
    statement_.of_choice = true;
    for (const std::string_view title : titles) {
      const auto positions = matcher_.match(title);
      if (names_one(positions)) {
        page_.items[next_of(positions, [](const ItemReading& item) { return item.chosen; })].chosen = true;
      } else {
        unknown_choices_.push_back(title);
      }
    }
  }

  /// Whether positions are one, or of items that no title tells apart.
  bool names_one(const std::vector<std::size_t>& positions) const {
    return !positions.empty() && std::ranges::all_of(positions, [&](std::size_t position) {
      return titles_[position] == titles_[positions.front()];
    });
  }

  /// Of items with one title, each statement of a kind is about the next. Without one that is left, about the first.
  template <class HasOne>
  std::size_t next_of(const std::vector<std::size_t>& positions, HasOne has_one) const {
    const auto next = std::ranges::find_if(
        positions, [&](std::size_t position) { return !has_one(page_.items[position]); });
    return next == positions.end() ? positions.front() : *next;
  }

  /// Of those with a verdict of yes a rating is about the first.
  std::size_t next_for(const Statement& statement, const std::vector<std::size_t>& positions) const {
    if (statement.verdict)
      return next_of(positions, [](const ItemReading& item) { return item.aligned.has_value(); });
    const auto waits = [](const ItemReading& item) { return !item.rating && item.aligned == true; };
    const bool some_wait =
        std::ranges::any_of(positions, [&](std::size_t position) { return waits(page_.items[position]); });
    return next_of(positions, [&](const ItemReading& item) {
      return some_wait ? !waits(item) : item.rating.has_value();
    });
  }

  void end_statement() {
    const Statement statement = std::exchange(statement_, {});
    if (!statement.says_something()) return;
    if (const auto position = item_of(statement)) apply(statement, *position);
  }

  std::optional<std::size_t> item_of(const Statement& statement) {
    if (statement.title.empty()) {
      complain(fmt::format("{} names no item", statement.verdict ? "an ALIGN line" : "a RATING line"));
      return std::nullopt;
    }
    const auto positions = matcher_.match(statement.title);
    if (names_one(positions)) return next_for(statement, positions);
    if (!positions.empty()) {
      std::vector<std::string> meant;
      for (const std::size_t position : positions) meant.push_back(excerpt(titles_[position]));
      complain(fmt::format("{} may mean {}: write the whole title", excerpt(statement.title),
                           fmt::join(meant, " or ")));
    } else if (!is_placeholder(statement)) {
      complain(fmt::format("{} is not on the page", excerpt(statement.title)));
    }
    return std::nullopt;
  }

  /// "MOVIE: None; RATING: N/A", or the format itself repeated: "MOVIE: [movie name]; ALIGN: [yes or no]".
  static bool is_placeholder(const Statement& statement) {
    if (says_nothing(statement.title)) return true;
    const char first = statement.title.front();
    return (first == '[' || first == '<' || first == '{') &&
           !(statement.verdict && read_verdict(*statement.verdict)) &&
           !(statement.rating && read_whole_number(*statement.rating, kGreatestRating));
  }

  void apply(const Statement& statement, std::size_t position) {
    if (statement.verdict) apply_verdict(statement, position);
    if (statement.rating) apply_rating(statement, position);
  }

  void apply_verdict(const Statement& statement, std::size_t position) {
    ItemReading& item = page_.items[position];
    const std::optional<bool> verdict = read_verdict(*statement.verdict);
    if (!verdict) {
      complain(fmt::format("ALIGN {} of {} is not yes or no", excerpt(*statement.verdict),
                           excerpt(titles_[position])));
    } else if (item.aligned && *item.aligned != *verdict) {
      complain(fmt::format("{} has ALIGN both yes and no", excerpt(titles_[position])));
    } else if (!item.aligned) {
      item.aligned = verdict;
      item.reason = statement.reason;
    }
  }

  void apply_rating(const Statement& statement, std::size_t position) {
    ItemReading& item = page_.items[position];
    if (says_nothing(*statement.rating)) return;
    const std::optional<int> rating = read_whole_number(*statement.rating, kGreatestRating);
    if (!rating || *rating < 1 || *rating > kGreatestRating) {
      complain(fmt::format("RATING {} of {} is not a whole number from 1 to {}", excerpt(*statement.rating),
                           excerpt(titles_[position]), kGreatestRating));
    } else if (item.rating && *item.rating != *rating) {
      complain(fmt::format("{} has two different RATINGs", excerpt(titles_[position])));
    } else if (!item.rating) {
      item.rating = rating;
      item.feeling = statement.feeling.empty() && !statement.verdict ? statement.reason : statement.feeling;
      page_.viewed.push_back(position);
    }
  }

  void check_completeness() {
    for (std::size_t position = 0; position < titles_.size(); ++position) {
      const ItemReading& item = page_.items[position];
      const std::string title = excerpt(titles_[position]);
      if (!item.aligned) complain(fmt::format("there is no line with ALIGN yes or no for {}", title));
      if (item.aligned && item.reason.empty()) complain(fmt::format("there is no REASON for {}", title));
      if (item.chosen && !item.rating) complain(fmt::format("{} is chosen but has no RATING", title));
      if (item.rating && item.feeling.empty()) complain(fmt::format("there is no FEELING for {}", title));
    }
    if (!page_.viewed.empty()) return;
    if (!says_choice_) complain("there is no WATCH line");
    for (const std::string_view title : unknown_choices_) {
      complain(fmt::format("{} is not on the page", excerpt(title)));
    }
  }

  void take_optional(const OptionalLines& reply) {
    for (const OptionalLines::Line& line : reply.lines) {
      for (const std::string_view title : titles_of(line)) {
        if (ItemReading* item =
                named(title, [&](const ItemReading& each) { return each.further.contains(line.kind); }))
          item->further[line.kind] = line.words.value_or("");
      }
    }
  }

  std::vector<std::string_view> titles_of(const OptionalLines::Line& line) const {
    if (!line.words) return titles_in(line.titles, matcher_);
    if (says_nothing(line.titles) && matcher_.match(line.titles).empty()) return {};
    return {line.titles};
  }

  /// The item that the title means, the next without such a statement if it is several; null, with a complaint, for none.
  template <class HasOne>
  ItemReading* named(std::string_view title, HasOne has_one) {
    const auto positions = matcher_.match(title);
    if (names_one(positions)) return &page_.items[next_of(positions, has_one)];
    complain(fmt::format("{} is not on the page", excerpt(title)));
    return nullptr;
  }

  void complain(std::string problem) {
    constexpr std::size_t most = 20;
    if (page_.problems.size() < most) page_.problems.push_back(std::move(problem));
  }

  std::span<const std::string> titles_;
  TitleMatcher matcher_;
  PageReading page_;
  Statement statement_;
  bool says_choice_ = false;
  std::vector<std::string_view> unknown_choices_;
};

}  // namespace

PageReading read_reaction(std::string_view reply, std::span<const std::string> titles,
                          const AllowedActions& allowed) {
  return ReactionReader(titles).read(take_optional_lines(plain_reply(reply), allowed));
}

}  // namespace throng
