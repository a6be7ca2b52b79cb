#include <algorithm>
#include <optional>

#include "agents/minds/agent4rec_reply.h"
#include "agents/minds/folded_words.h"
#include "agents/minds/reply_fields.h"
#include "agents/minds/reply_text.h"
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

}  // namespace

DecisionReading read_decision(std::string_view reply) {
  const std::string valid = plain_reply(reply);
  const std::string_view text = valid;
  const std::vector<ReplyField> fields = reply_fields(text);
  const std::vector<StatedChoice> tags = tagged_choices(text);
  std::optional<StatedChoice> stated = agreed(tags);
  DecisionReading reading;
  if (stated) reading.tag = stated->choice;
  if (tags.empty()) stated = agreed(worded_choices(text));
  read_feeling(fields, reading);
  if (stated) {
    reading.choice = stated->choice;
    reading.reason =
        to_valid_utf8(reason_behind(text, stated->text, fields));  // a tag may end inside a character
  } else if (tags.empty()) {
    reading.problems.emplace_back("neither [NEXT] nor [EXIT] is written");
  } else {
    reading.problems.emplace_back("both [NEXT] and [EXIT] are written");
  }
  return reading;
}

}  // namespace throng
