#include "agents/minds/agent4rec/answer_reply.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/reading/folded_words.h"
#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::array<std::string_view, 3> kAnswerLabels{"choice", "answer", "option"};

/// What stands behind the first of these labels that begins a line, to the end of the reply; none: no line begins so.
std::optional<std::string_view> behind_label(std::string_view reply) {
  for (std::string_view rest = reply; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      const std::string label = lower_case(std::string(without_decoration(line.substr(0, colon))));
      if (std::ranges::find(kAnswerLabels, label) != kAnswerLabels.end()) return rest.substr(colon + 1);
    }
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return std::nullopt;
}

/// The first line that says something.
std::string_view first_line(std::string_view text) {
  text = text.substr(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  return text.substr(0, text.find('\n'));
}

using Words = std::vector<std::string>;

bool holds(const Words& text, const Words& part) {
  return !part.empty() &&  // clang 14 has no std::ranges::search
         std::search(text.begin(), text.end(), part.begin(), part.end()) != text.end();
}

/// The option that the text is, or else the only one that it names; one within another that it names does not count.
std::optional<std::string> named_option(std::string_view text, const std::vector<std::string>& options) {
  for (const std::string_view bare : {trimmed(text), without_decoration(text)}) {
    const auto exact = std::ranges::find(options, bare);
    if (exact != options.end()) return *exact;
  }
  const Words said = folded_words(text);
  std::vector<std::pair<Words, const std::string*>> named;
  for (const std::string& option : options) {
    if (Words words = folded_words(option); holds(said, words)) named.emplace_back(std::move(words), &option);
  }
  std::erase_if(named, [&](const auto& each) {
    return std::ranges::any_of(named, [&](const auto& other) {
      return other.first.size() > each.first.size() && holds(other.first, each.first);
    });
  });
  return named.size() == 1 ? std::optional(*named.front().second) : std::nullopt;
}

std::string reason_in(std::string_view text) {
  for (const ReplyField& field : reply_fields(text)) {
    if (field.kind == FieldKind::reason)
      return std::string(trimmed(text.substr(static_cast<std::size_t>(field.value.data() - text.data()))));
  }
  return "";
}

AnswerReading read_choice(std::string_view text, const InterviewQuestion& question) {
  const std::optional<std::string_view> labelled = behind_label(text);
  const std::string_view line = first_line(labelled.value_or(text));
  AnswerReading reading{.answer = {.question = question.name, .words = reason_in(text)}, .problems = {}};
  std::optional<std::string> choice = named_option(line, question.options);
  if (!choice && !labelled) choice = named_option(text, question.options);
  if (choice) {
    reading.answer.choice = *std::move(choice);
  } else {
    reading.problems.push_back(labelled
                                   ? fmt::format("CHOICE {} is not exactly one of: {}",
                                                 excerpt(trimmed(line)), fmt::join(question.options, "; "))
                                   : fmt::format("there is no CHOICE, or not exactly one of: {}",
                                                 fmt::join(question.options, "; ")));
  }
  return reading;
}

AnswerReading read_words(std::string_view text, const InterviewQuestion& question) {
  AnswerReading reading{.answer = {.question = question.name}, .problems = {}};
  reading.answer.words = trimmed(behind_label(text).value_or(text));
  if (reading.answer.words.empty()) reading.problems.emplace_back("there is no ANSWER");
  return reading;
}

}  // namespace

AnswerReading read_answer(std::string_view reply, const InterviewQuestion& question) {
  const std::string valid = plain_reply(reply);
  switch (question.kind) {
    case InterviewQuestion::Kind::choice:
      return read_choice(valid, question);
    case InterviewQuestion::Kind::words:
      return read_words(valid, question);
    case InterviewQuestion::Kind::score:
      break;
  }
  InterviewReading score = read_interview(reply, question.least, question.most);
  return {.answer = {.question = question.name, .score = score.score, .words = std::move(score.reason)},
          .problems = std::move(score.problems)};
}

}  // namespace throng
