#include "agents/minds/agent4rec/agent4rec_reply.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "agents/memory/memory.h"
#include "agents/minds/reading/folded_words.h"
#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

/// "POSITIVE: ..." or "Overall feeling: positive ...".
void read_feeling(const std::vector<ReplyField>& fields, DecisionReading& reading) {
  for (const ReplyField& field : fields) {
    std::optional<bool> positive;
    if (field.kind == FieldKind::positive) positive = true;
    if (field.kind == FieldKind::negative) positive = false;
    if (field.kind == FieldKind::feeling || field.kind == FieldKind::text) {
      constexpr std::size_t longest = 10;
      const std::vector<std::string> words = folded_words(field.value.substr(0, longest));
      if (!words.empty() && words.front() == "positive") positive = true;
      if (!words.empty() && words.front() == "negative") positive = false;
    }
    if (!positive) continue;
    reading.positive = positive;
    reading.feeling = field.value;
    return;
  }
}

/// The first REASON behind the choice, else what is left of its line.
std::string_view reason_behind(std::string_view reply, std::string_view choice,
                               const std::vector<ReplyField>& fields) {
  for (const ReplyField& field : fields) {
    if (field.kind == FieldKind::reason && field.value.data() >= choice.data() + choice.size())
      return field.value;
  }
  const auto end_of_choice = static_cast<std::size_t>(choice.data() - reply.data()) + choice.size();
  const std::string_view rest = reply.substr(end_of_choice);
  return without_decoration(rest.substr(0, rest.find('\n')));
}

const ReplyField* first_of(const std::vector<ReplyField>& fields, FieldKind kind) {
  const auto found = std::ranges::find(fields, kind, &ReplyField::kind);
  return found == fields.end() ? nullptr : &*found;
}

/// Whether a sentence makes the number behind it a score: "I would rate it a", "my score is". `before` ends there.
bool announces_score(std::string_view before) {
  static constexpr std::array<std::string_view, 8> announcing{"rate", "rating",       "rated",  "score",
                                                              "give", "satisfaction", "scored", "giving"};
  constexpr std::size_t reach = 60;
  before = before.substr(before.size() - std::min(before.size(), reach));
  before = before.substr(before.find_last_of(".!?\n") + 1);  // npos + 1 == 0
  const std::vector<std::string> words = folded_words(before);
  return std::ranges::any_of(
      words, [](const std::string& word) { return std::ranges::find(announcing, word) != announcing.end(); });
}

/// Where in a text without a label the score stands: a number that opens it, that is "out of 10" (or `most`), or that a sentence
/// announces. Empty if there is none.
std::string_view unlabelled_score(std::string_view text, int most) {
  constexpr std::size_t enough = 16;
  const std::string greatest = std::to_string(most);
  std::string_view announced;
  for (std::size_t at = text.find_first_of(kDigits); at != std::string_view::npos;) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view behind = trimmed(rest.substr(length, enough));
    const auto starts = [&](std::string_view mark) { return behind.starts_with(mark); };
    if (starts("/" + greatest) || starts("/ " + greatest) || starts("out of " + greatest) ||
        (most == 10 && starts("out of ten")))
      return rest;
    const bool ends = behind.empty() || std::string_view(";:,-)\n").find(behind[0]) != std::string_view::npos;
    if (ends && without_decoration(text.substr(0, std::min(at, enough))).empty() && at < enough) return rest;
    if (announced.empty() && announces_score(text.substr(0, at))) announced = rest;
    at = text.find_first_of(kDigits, at + length);
  }
  return announced;
}

}  // namespace

DecisionReading read_decision(std::string_view reply, const AllowedActions& allowed) {
  const std::string valid = plain_reply(reply);
  const std::string_view text = valid;
  const std::vector<ReplyField> fields = reply_fields(text);
  const std::vector<StatedChoice> tags = tagged_choices(text);
  std::optional<StatedChoice> stated = agreed(tags);
  DecisionReading reading;
  read_feeling(fields, reading);
  const std::optional<StatedSearch> search = allowed.search ? stated_search(text) : std::nullopt;
  if (search && tags.empty()) {
    reading.choice = PageChoice::next;
    if (search->text.starts_with('[')) reading.tag = PageChoice::next;
    reading.search = to_valid_utf8(beginning(search->query, kSearchBytes));
    reading.reason = to_valid_utf8(reason_behind(text, search->text, fields));
    return reading;
  }
  if (search && search->opens) {  // a tag in passing does not count
    reading.problems.emplace_back("a choice and a [SEARCH: ...] are written, where one is asked for");
    return reading;
  }
  if (stated) reading.tag = stated->choice;
  if (tags.empty()) stated = agreed(worded_choices(text));
  if (stated) {
    reading.choice = stated->choice;
    reading.reason =
        to_valid_utf8(reason_behind(text, stated->text, fields));  // a tag may end inside a character
  } else if (tags.empty()) {
    reading.problems.emplace_back(allowed.search ? "neither [NEXT], [EXIT] nor [SEARCH: ...] is written"
                                                 : "neither [NEXT] nor [EXIT] is written");
  } else {
    reading.problems.emplace_back("both [NEXT] and [EXIT] are written");
  }
  return reading;
}

InterviewReading read_interview(std::string_view reply, int least, int most) {
  const std::string valid = plain_reply(reply);
  const std::string_view text = valid;
  const std::vector<ReplyField> fields = reply_fields(text);
  const ReplyField* label = first_of(fields, FieldKind::rating);
  const std::string_view score_text = label != nullptr ? label->value : unlabelled_score(text, most);
  InterviewReading reading;
  const std::optional<int> score = read_whole_number(score_text, most);
  if (score && *score >= least && *score <= most) {
    reading.score = score;
  } else {
    constexpr std::size_t shown = 20;
    reading.problems.push_back(score_text.empty()
                                   ? "there is no RATING"
                                   : fmt::format("RATING {} is not a whole number from {} to {}",
                                                 excerpt(score_text.substr(0, shown)), least, most));
  }
  if (const ReplyField* reason = first_of(fields, FieldKind::reason)) {
    reading.reason = trimmed(text.substr(static_cast<std::size_t>(reason->value.data() - text.data())));
  } else if (label != nullptr && !score_text.empty()) {
    const std::size_t number_end = std::min(score_text.find_first_not_of(kDigits), score_text.size());
    const auto start = static_cast<std::size_t>(score_text.data() - text.data()) + number_end;
    reading.reason = without_decoration(text.substr(start));
  } else {
    reading.reason = trimmed(text);
  }
  if (reading.reason.empty()) reading.problems.emplace_back("there is no REASON");
  return reading;
}

ReflectionReading read_reflection(std::string_view reply) {
  constexpr std::string_view label = "taste";
  const std::string valid = plain_reply(reply);
  std::string_view rest = valid;
  std::string others;
  ReflectionReading reading;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string_view bare = without_decoration(line);
    const std::size_t colon = bare.find(':');
    const bool is_taste = reading.taste.empty() && colon != std::string_view::npos &&
                          lower_case(std::string(without_decoration(bare.substr(0, colon)))) == label;
    if (is_taste) {
      reading.taste = without_decoration(bare.substr(colon + 1));
    } else {
      others.append(line).append(1, '\n');
    }
  }
  static_cast<InterviewReading&>(reading) = read_interview(others);
  if (reading.taste.empty()) reading.problems.emplace_back("there is no TASTE");
  return reading;
}

}  // namespace throng
