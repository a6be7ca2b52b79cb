#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

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

/// Throws Failure(usage) if a template of a page, its shared templates in their places, does not tell of the page's items, or that of
/// a question does not put it.
void check_tells(const std::string& where, std::string_view text, Told told);

}  // namespace throng
