#include "agents/minds/prompt_check.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/action.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace throng {
namespace {

/// Names known in a section, or everywhere in a template ("").
struct Names {
  Told told;
  std::string_view section;
  std::string_view names;  ///< between blanks
};

/// What prompt_views.cpp, persona_view.cpp, memory_views.cpp and the minds set.
constexpr std::array kNames{
    Names{
        Told::persona, "",
        "item items label activity_1 activity_2 activity_3 conformity_1 conformity_2 conformity_3 "
        "diversity_1 diversity_2 diversity_3 others_rate about tastes rates_high rates_low tendency lately"},
    Names{Told::persona, "tastes", "text reason genre times mean examples such_as"},
    Names{Told::persona, "tendency", "mean others fives lows"},
    Names{Told::situation, "",
          "item items label others_rate visit page shown_nothing left remembers memories"},
    Names{Told::situation, "memories", "text"},
    Names{Told::page, "",
          "item items label others_rate visit page shown_nothing left remembers memories count shown "
          "results_of nothing_for "
          "reflects"},
    Names{Told::page, "memories", "text"},
    Names{Told::question, "",
          "item items label others_rate visit page shown_nothing left remembers memories question score "
          "least most choice "
          "options "
          "words"},
    Names{Told::question, "memories", "text"},
    Names{Told::question, "options", "text"},
    Names{Told::page, "shown", "number title rating has_genres genres words has_summary summary"},
    Names{Told::memory, "",
          "visit page results found_nothing viewed_any viewed kept_any kept unpicked_any unpicked "
          "passed_any passed satisfaction fatigue positive negative mood_because went_on searched left "
          "in_vain because"},
    Names{Told::memory, "viewed", "title reason share_words comma"},
    Names{Told::memory, "kept", "title reason share_words comma"},
    Names{Told::memory, "unpicked", "title reason share_words comma"},
    Names{Told::memory, "passed", "title reason share_words comma"},
    Names{Told::reflection, "", "visit page satisfaction reason taste"},
    Names{Told::repair, "", "problem"},
};

constexpr std::string_view kAbout = "about_";

/// What may be done: "may_save" and so on.
std::span<const std::string> permissions() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const AllowedAction& action : allowed_actions()) all.push_back(fmt::format("may_{}", action.name));
    return all;
  }();
  return names;
}

std::vector<std::string_view> names_in(Told told, std::string_view section) {
  std::vector<std::string_view> names;
  for (const Names& each : kNames) {
    if (each.told != told || each.section != section) continue;
    for (std::string_view rest = each.names; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      names.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  const bool tells_of_permissions = told == Told::persona || told == Told::situation || told == Told::page;
  if (tells_of_permissions && section.empty()) std::ranges::copy(permissions(), std::back_inserter(names));
  if (told == Told::memory && !section.empty() && !names.empty()) {
    for (const ActionInfo& info : action_kinds()) names.push_back(info.done);
  }
  return names;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

struct TemplateTag {
  char kind = 0;  ///< # ^ / > ! = & or 0: a value
  std::string_view name;
  std::string_view text;   ///< all of it
  std::string_view after;  ///< the rest of the template
  std::size_t line = 0;    ///< from 1
};

[[noreturn]] void fail(const std::string& where, std::size_t line, const std::string& problem) {
  throw Failure(ErrorKind::usage, fmt::format("{}:{}: {}", where, line, problem));
}

std::vector<TemplateTag> tags_of(const std::string& where, std::string_view text) {
  std::vector<TemplateTag> tags;
  std::size_t line = 1;
  std::size_t counted = 0;
  for (std::size_t at = 0; (at = text.find("{{", at)) != std::string_view::npos;) {
    line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    const bool is_triple = text.substr(at).starts_with("{{{");
    const std::string_view closing = is_triple ? "}}}" : "}}";
    const std::size_t begin = at + closing.size();
    const std::size_t end = text.find(closing, begin);
    if (end == std::string_view::npos)
      fail(where, line, fmt::format("{} is not closed", excerpt(text.substr(at, text.find('\n', at) - at))));
    TemplateTag tag{.name = trimmed(text.substr(begin, end - begin)), .line = line};
    constexpr std::string_view kinds = "#^/>!=&";
    if (!is_triple && !tag.name.empty() && kinds.find(tag.name[0]) != std::string_view::npos) {
      tag.kind = tag.name[0];
      tag.name = trimmed(tag.name.substr(1));
    }
    tag.text = text.substr(at, end + closing.size() - at);
    at = end + closing.size();
    tag.after = text.substr(at);
    if (tag.kind != '!') tags.push_back(tag);
  }
  return tags;
}

/// Follows the tags of a template; hears each with the sections that it stands in.
template <class Hear>
void walk(const std::string& where, std::string_view text, const Hear& hear) {
  std::vector<TemplateTag> sections;
  for (const TemplateTag& tag : tags_of(where, text)) {
    if (tag.kind == '/') {
      if (sections.empty() || sections.back().name != tag.name)
        fail(where, tag.line, fmt::format("{} closes no section", excerpt(tag.text)));
      sections.pop_back();
      continue;
    }
    hear(tag, sections);
    if (tag.kind == '#' || tag.kind == '^') sections.push_back(tag);
  }
  if (!sections.empty())
    fail(where, sections.back().line, fmt::format("{} is never closed", excerpt(sections.back().text)));
}

/// A shared template can stand where at least all that it is told is told.
bool may_stand(Told shared, Told in) {
  return shared == in || (shared == Told::situation && (in == Told::page || in == Told::question));
}

}  // namespace

void check_template(const std::string& where, std::string_view text, Told told, bool is_shared,
                    const std::function<std::optional<Told>(std::string_view)>& told_of) {
  walk(where, text, [&](const TemplateTag& tag, const std::vector<TemplateTag>& sections) {
    if (tag.kind == '=') fail(where, tag.line, "other delimiters than {{ and }} are not read");
    if (tag.kind == '>') {
      const std::optional<Told> named = told_of(tag.name);
      if (!named) fail(where, tag.line, fmt::format("there is no shared template {}", excerpt(tag.name)));
      if (is_shared) fail(where, tag.line, "a shared template cannot hold another one");
      if (!may_stand(*named, told))
        fail(where, tag.line, fmt::format("what {} tells is not known here", excerpt(tag.name)));
      if (tag.text != fmt::format("{{{{>{}}}}}", tag.name) || !tag.after.starts_with('\n'))
        fail(
            where, tag.line,
            fmt::format("{} has to end its line and to be written {{{{>{}}}}}", excerpt(tag.text), tag.name));
      return;
    }
    std::vector<std::string_view> known = names_in(told, "");
    for (const TemplateTag& section : sections)
      std::ranges::copy(names_in(told, section.name), std::back_inserter(known));
    // Which attributes users have is the dataset's and the population file's to say: attributes_told.
    if (contains(known, tag.name) || (told == Told::persona && tag.name.starts_with(kAbout))) return;
    fail(where, tag.line,
         fmt::format("{} is no placeholder that can stand here; there are: {}", excerpt(tag.text),
                     fmt::join(known, ", ")));
  });
}

namespace {

/// Whether a placeholder of this name stands in the text, in the section of that name; "": anywhere.
bool has_placeholder(const std::string& where, std::string_view text, std::string_view name,
                     std::string_view section) {
  bool has = false;
  walk(where, text, [&](const TemplateTag& tag, const std::vector<TemplateTag>& sections) {
    const bool is_there = section.empty() || std::ranges::any_of(sections, [&](const TemplateTag& around) {
                            return around.kind == '#' && around.name == section;
                          });
    has = has || (is_there && tag.name == name);
  });
  return has;
}

}  // namespace

std::vector<ToldAttribute> attributes_told(const std::string& where, std::string_view text) {
  std::vector<ToldAttribute> told;
  for (const TemplateTag& tag : tags_of(where, text)) {
    if (tag.kind != '/' && tag.name.starts_with(kAbout))
      told.push_back({.where = where,
                      .line = tag.line,
                      .placeholder = std::string(tag.text),
                      .name = std::string(tag.name.substr(kAbout.size()))});
  }
  return told;
}

void check_attributes(std::span<const ToldAttribute> told, std::span<const std::string> names) {
  for (const ToldAttribute& each : told) {
    if (std::ranges::find(names, each.name) != names.end()) continue;
    fail(each.where, each.line,
         fmt::format("{}: nothing is known of users that is called {}; {}", excerpt(each.placeholder),
                     excerpt(each.name),
                     names.empty() ? "neither dataset nor population have attributes of them"
                                   : fmt::format("there are: {}", fmt::join(names, ", "))));
  }
}

void check_tells(const std::string& where, std::string_view text, Told told) {
  if (told == Told::page && !has_placeholder(where, text, "title", "shown")) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{}: it does not tell of the page's items: {{{{#shown}}}} with {{{{{{title}}}}}} "
                    "in it, or {{{{>shown}}}}",
                    where));
  }
  if (told == Told::question && !has_placeholder(where, text, "question", ""))
    throw Failure(ErrorKind::usage,
                  fmt::format("{}: it does not put the question: {{{{{{question}}}}}}", where));
}

}  // namespace throng
