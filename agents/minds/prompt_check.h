#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// Which of PromptViews' views a template is rendered with, and so which placeholders it may have.
enum class Told {
  persona,     ///< PromptViews::persona
  situation,   ///< PromptViews::situation
  page,        ///< PromptViews::page
  question,    ///< PromptViews::question
  memory,      ///< a remembered page
  reflection,  ///< a remembered reflection
  repair,      ///< what is wrong with a reply
};

/// Throws Failure(usage), naming `where` (the file), the line and the placeholder, for what would render as nothing: a
/// placeholder that the template is not told of, or a shared template where it cannot stand. `told_of`: what the shared template of a
/// name is told; none: there is no such template. `is_shared`: it may not name other templates itself.
void check_template(const std::string& where, std::string_view text, Told told, bool is_shared,
                    const std::function<std::optional<Told>(std::string_view)>& told_of);

/// A placeholder of a template of the kind Told::persona that tells of an attribute of users.
struct ToldAttribute {
  std::string where;
  std::size_t line = 0;
  std::string placeholder;
  std::string name;  ///< the attribute's
};

std::vector<ToldAttribute> attributes_told(const std::string& where, std::string_view text);

/// Throws Failure(usage) as check_template does if `names` (of all attributes of the population) lack one that is told of.
void check_attributes(std::span<const ToldAttribute> told, std::span<const std::string> names);

/// Throws Failure(usage) if a template of a page, its shared templates in their places, does not tell of the page's items, or that of
/// a question does not put it.
void check_tells(const std::string& where, std::string_view text, Told told);

}  // namespace throng
