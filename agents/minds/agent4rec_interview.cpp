#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "agents/minds/agent4rec_reply.h"
#include "agents/minds/folded_words.h"
#include "agents/minds/reply_fields.h"
#include "agents/minds/reply_numbers.h"
#include "agents/minds/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

constexpr int kGreatestScore = 10;

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

/// Where in a text without a label the score stands: a number that opens it, that is "out of 10", or that a sentence
/// announces. Empty if there is none.
std::string_view unlabelled_score(std::string_view text) {
  constexpr std::size_t enough = 16;
  std::string_view announced;
  for (std::size_t at = text.find_first_of(kDigits); at != std::string_view::npos;) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view behind = trimmed(rest.substr(length, enough));
    const auto starts = [&](std::string_view mark) { return behind.starts_with(mark); };
    if (starts("/10") || starts("/ 10") || starts("out of 10") || starts("out of ten")) return rest;
    const bool ends = behind.empty() || std::string_view(";:,-)\n").find(behind[0]) != std::string_view::npos;
    if (ends && without_decoration(text.substr(0, std::min(at, enough))).empty() && at < enough) return rest;
    if (announced.empty() && announces_score(text.substr(0, at))) announced = rest;
    at = text.find_first_of(kDigits, at + length);
  }
  return announced;
}

}  // namespace

InterviewReading read_interview(std::string_view reply) {
  const std::string valid = plain_reply(reply);
  const std::string_view text = valid;
  const std::vector<ReplyField> fields = reply_fields(text);
  const ReplyField* label = first_of(fields, FieldKind::rating);
  const std::string_view score_text = label != nullptr ? label->value : unlabelled_score(text);
  InterviewReading reading;
  const std::optional<int> score = read_whole_number(score_text, kGreatestScore);
  if (score && *score >= 1 && *score <= kGreatestScore) {
    reading.score = score;
  } else {
    constexpr std::size_t shown = 20;
    reading.problems.push_back(score_text.empty()
                                   ? "there is no RATING"
                                   : fmt::format("RATING {} is not a whole number from 1 to {}",
                                                 excerpt(score_text.substr(0, shown)), kGreatestScore));
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

}  // namespace throng
