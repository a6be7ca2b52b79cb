#include "agents/played/prompt_reading.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "llm/mock/chat_call.h"

namespace throng::played {
namespace {

using llm::mock::ChatCall;
using llm::mock::ReplyFormat;

constexpr std::size_t kLongestLabel = 40;

/// Drops `start` from the start of `text`, if it is there.
bool drop(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

/// How a prompt asks for what agents may do, within a line (JSON) or at its beginning.
struct ActionMarks {
  bool AllowedActions::*allows;
  std::array<std::string, 3> within;
  std::array<std::string, 2> first;
};

const std::vector<ActionMarks>& action_marks() {
  static const std::vector<ActionMarks> all = [] {
    std::vector<ActionMarks> marks;
    for (const AllowedAction& action : allowed_actions()) {
      const std::string name(action.name);
      std::string label = name;
      std::ranges::transform(label, label.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      marks.push_back({.allows = action.is_allowed,
                       .within = {'"' + name + "\" true", '"' + name + "\" null", "{\"" + name + "\":"},
                       .first = {label + ":", '[' + label + ':'}});
    }
    return marks;
  }();
  return all;
}

int level_of(std::string_view text) {
  if (text.starts_with("low")) return -1;
  return text.starts_with("high") ? 1 : 0;
}

std::string quoted_or_plain(std::string_view text) {
  std::optional<std::string> quoted = take_quoted(text);
  return quoted ? std::move(*quoted) : std::string(text);
}

std::optional<ListedItem> read_item(std::string_view line) {
  ListedItem item;
  const std::size_t dot = line.find(". \"");
  const std::optional<double> number = first_number(line.substr(0, std::min(dot, std::size_t{7})));
  if (dot > 6 || !number) return std::nullopt;  // npos is greater too
  item.number = static_cast<int>(*number);
  line.remove_prefix(dot + 2);
  std::optional<std::string> title = take_quoted(line);
  if (!title) return std::nullopt;
  item.title = std::move(*title);
  if (!line.empty() && !line.starts_with(" | ")) return std::nullopt;
  while (drop(line, " | ")) {
    if (drop(line, "others rate it ")) {
      if (const auto rating = first_number(line.substr(0, 8))) item.rated = std::clamp(*rating, 1.0, 5.0);
      line.remove_prefix(std::min(line.size(), line.find(" | ")));
    } else if (std::optional<std::string> text = take_quoted(line)) {
      (item.rated || !item.genres.empty() ? item.summary : item.genres) = std::move(*text);
    }
  }
  return item;
}

/// Nothing if the line says nothing of a page.
std::optional<RememberedPage> read_memory(std::string_view line) {
  RememberedPage page;
  bool has_titles = false;
  while (!line.empty()) {
    if (line.front() == '"') {
      if (take_quoted(line)) {
        has_titles = true;
        continue;
      }
    } else if (drop(line, "(you rated it ")) {
      if (const auto rating = first_number(line.substr(0, 4)))
        page.ratings.push_back(std::clamp(*rating, 1.0, 5.0));
      continue;
    } else if (drop(line, "satisfaction with ")) {
      if (const auto satisfied = first_number(line.substr(0, 20)))
        page.satisfaction = std::clamp(*satisfied, 1.0, 10.0);
      continue;
    } else if (drop(line, "you felt ")) {
      page.positive = line.starts_with("positive");
      continue;
    }
    line.remove_prefix(1);
  }
  return has_titles || page.satisfaction || page.positive || !page.ratings.empty()
             ? std::optional(std::move(page))
             : std::nullopt;
}

class Reader {
 public:
  void read(llm::JsonView message) {
    if (message["role"].text() == "assistant") {
      ++repairs_;
      return;
    }
    section_ = Section::none;
    wants_page_ = false;
    lines(message["content"].text());
    for (const llm::JsonView part : message["content"].items()) lines(part["text"].text());
  }

  std::optional<AgentPrompt> finish(const ChatCall& call) && {
    if (!question_) return std::nullopt;
    prompt_.question = *question_;
    if (prompt_.question != Question::page && !has_persona_ && prompt_.memories.empty()) return std::nullopt;
    const bool answers_lines = prompt_.question == Question::page ? asks_align_
                               : is_of_interview()                ? asks_label_
                                                                  : true;
    prompt_.form = answers_lines && call.format == ReplyFormat::text ? AnswerForm::lines : AnswerForm::json;
    if (prompt_.form == AnswerForm::json && !has_json_form(call)) return std::nullopt;
    key_.append(call.model).append(1, '\n').append(std::to_string(repairs_));
    key_ += prompt_.form == AnswerForm::json ? " json" : " lines";
    if (prompt_.reflects) key_ += " reflects";
    for (const AllowedAction& action : allowed_actions())
      if (prompt_.allowed.*action.is_allowed) key_.append(" ").append(action.name);
    prompt_.key = hash128(key_);
    return std::move(prompt_);
  }

 private:
  enum class Section { none, tastes, memories, question, options };

  bool is_of_interview() const {
    return prompt_.question == Question::interview || prompt_.question == Question::other;
  }

  /// Whether the question has one, and it is what the call's schema, if any, describes.
  bool has_json_form(const ChatCall& call) const {
    if (prompt_.question != Question::page && !is_of_interview()) return false;
    if (call.format != ReplyFormat::json_schema) return true;
    const llm::JsonView properties = call.schema["properties"];
    if (prompt_.question == Question::page) return properties["items"] && properties["decision"];
    const bool takes_score = prompt_.question == Question::interview || prompt_.scale;
    return static_cast<bool>(properties[takes_score               ? "score"
                                        : prompt_.options.empty() ? "answer"
                                                                  : "choice"]);
  }

  void lines(std::string_view text) {
    while (!text.empty()) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) {
        section_ =
            section_ == Section::question || section_ == Section::options ? Section::question : Section::none;
      } else if (takes(line)) {
        key_.append(line).append(1, '\n');
      }
    }
  }

  /// Whether the line says something.
  bool takes(std::string_view line) {
    const char first = line.front();
    if (std::exchange(wants_page_, false)) {
      number_page(line);
      return true;
    }
    if (section_ == Section::question || section_ == Section::options) return question_line(line);
    if (first >= '0' && first <= '9') {
      if (std::optional<ListedItem> item = read_item(line)) return add(std::move(*item));
    } else if (section_ != Section::none && drop(line, "- ")) {
      return bullet(line);
    } else if (first >= 'A' && first <= 'Z' && (heading(line) || trait(line))) {
      return true;
    }
    asks(line);
    return false;
  }

  bool add(ListedItem item) {
    if (question_ != Question::page || (!prompt_.items.empty() && item.number <= prompt_.items.back().number))
      prompt_.items.clear();
    question_ = Question::page;
    prompt_.items.push_back(std::move(item));
    return true;
  }

  bool bullet(std::string_view line) {
    if (section_ == Section::tastes) {
      add_tastes(line);
    } else if (std::optional<RememberedPage> page = read_memory(line)) {
      prompt_.memories.push_back(std::move(*page));
    }
    return true;
  }

  /// A statement or a genre; of `games like "a", "b"` each title is a taste.
  void add_tastes(std::string_view line) {
    const std::size_t like = line.find(" like \"");
    if (line.starts_with('"') || like == std::string_view::npos) {
      prompt_.persona.tastes.push_back(quoted_or_plain(line));
      return;
    }
    line.remove_prefix(like + std::string_view(" like ").size());
    while (std::optional<std::string> title = take_quoted(line)) {
      prompt_.persona.tastes.push_back(std::move(*title));
      drop(line, ", ");
    }
  }

  /// Whatever it says is asked.
  bool question_line(std::string_view line) {
    constexpr std::string_view kScoreFrom = "\"score\" from ";
    constexpr std::string_view kRatingFrom = "RATING: <";
    if (line == "Choose one of:") {
      section_ = Section::options;
    } else if (section_ == Section::options && line.starts_with("- ")) {
      prompt_.options.emplace_back(line.substr(2));
    } else {
      section_ = Section::question;
    }
    for (const std::string_view before : {kScoreFrom, kRatingFrom}) {
      const std::size_t at = line.find(before);
      if (at != std::string_view::npos) read_scale(line.substr(at + before.size()));
    }
    asks(line);
    return true;
  }

  /// Of "1 to 5".
  void read_scale(std::string_view text) {
    const std::size_t to = text.find(" to ");
    if (to > 8) return;  // npos is greater too
    const std::optional<double> least = first_number(text.substr(0, to));
    const std::optional<double> most = first_number(text.substr(to, 12));
    if (least && most && *least < *most)
      prompt_.scale = Scale{.least = static_cast<int>(*least), .most = static_cast<int>(*most)};
  }

  bool heading(std::string_view line) {
    static constexpr std::array<std::pair<std::string_view, Question>, 4> kQuestions{
        {{"DECISION", Question::decision},
         {"REFLECTION", Question::reflection},
         {"INTERVIEW", Question::interview},
         {"QUESTION", Question::other}}};
    for (const auto& [name, question] : kQuestions) {
      if (line != name) continue;
      question_ = question;
      if (question == Question::other) section_ = Section::question;
      wants_page_ = true;
      return true;
    }
    if (line == "WHAT YOU REMEMBER") {
      section_ = Section::memories;
      prompt_.memories.clear();
      return true;
    }
    if (!drop(line, "PAGE ")) return false;
    number_page(line);
    return true;
  }

  void number_page(std::string_view line) {
    prompt_.page = std::max(1, static_cast<int>(first_number(line).value_or(prompt_.page)));
  }

  bool trait(std::string_view line) {
    Persona& persona = prompt_.persona;
    if (line.starts_with("Taste:")) {
      section_ = Section::tastes;
    } else if (drop(line, "Activity: ")) {
      persona.activity = level_of(line);
    } else if (drop(line, "Conformity: ")) {
      persona.conformity = level_of(line);
    } else if (drop(line, "Diversity: ")) {
      persona.diversity = level_of(line);
    } else if (drop(line, "Rates high: ")) {
      persona.rates_high = quoted_or_plain(line);
    } else if (drop(line, "Rates low: ")) {
      persona.rates_low = quoted_or_plain(line);
    } else {  // these say who it is, though the play makes nothing of them
      return line.starts_with("About you: ") || line.starts_with("Rating tendency: ") ||
             line.starts_with("Lately: ");
    }
    has_persona_ = true;
    return true;
  }

  /// Which lines the instructions ask for.
  void asks(std::string_view line) {
    for (const std::string_view label : {"RATING:", "CHOICE:", "ANSWER:"})
      asks_label_ = asks_label_ || line.find(label) != std::string_view::npos;
    if (line.find("give a \"reflection\"") != std::string_view::npos) prompt_.reflects = true;
    allows(line);
    if (line.find("; ALIGN:") == std::string_view::npos) return;
    asks_align_ = true;
    const std::size_t colon = line.find(':');
    if (colon > 0 && colon <= kLongestLabel) prompt_.label = one_line(line.substr(0, colon));
  }

  void allows(std::string_view line) {
    for (const ActionMarks& marks : action_marks()) {
      bool& allowed = prompt_.allowed.*marks.allows;
      allowed =
          allowed ||
          std::ranges::any_of(
              marks.within,
              [&](const std::string& words) { return line.find(words) != std::string_view::npos; }) ||
          std::ranges::any_of(marks.first, [&](const std::string& words) { return line.starts_with(words); });
    }
  }

  AgentPrompt prompt_;
  std::optional<Question> question_;
  Section section_ = Section::none;
  int repairs_ = 0;  ///< answers that the conversation holds already
  bool wants_page_ = false;
  bool has_persona_ = false;
  bool asks_align_ = false;
  bool asks_label_ = false;
  std::string key_;
};

}  // namespace

std::optional<std::string> take_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::size_t end = 1;
  bool escapes = false;
  for (; end < text.size() && text[end] != '"'; ++end) {
    if (text[end] != '\\') continue;
    escapes = true;
    ++end;
  }
  if (end >= text.size()) return std::nullopt;
  const std::string_view literal = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  std::string plain(literal.substr(1, literal.size() - 2));
  if (!escapes) return plain;
  const Json said = Json::parse(literal, nullptr, false);
  return said.is_string() ? said.get<std::string>() : plain;
}

std::optional<double> first_number(std::string_view text) {
  constexpr double kMost = 1e6;
  const std::size_t at = text.find_first_of("0123456789");
  if (at == std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto read =
      std::from_chars(text.data() + at, text.data() + text.size(), number, std::chars_format::fixed);
  return read.ec == std::errc() && number <= kMost ? std::optional(number) : std::nullopt;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }, ' ');
  return std::string(trimmed(line));
}

std::optional<AgentPrompt> read_agent_prompt(const ChatCall& call) {
  Reader reader;
  for (const llm::JsonView message : call.messages.items()) reader.read(message);
  return std::move(reader).finish(call);
}

}  // namespace throng::played
