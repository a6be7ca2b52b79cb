#include "scenarios/cli/command_tree.h"

#include <fmt/format.h>

namespace throng {
namespace {

/// CLI11 keeps the choices of CLI::IsMember only as a part of the type's name: "TEXT:{full,summary}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

OptionText text_of(const CLI::Option& option) {
  OptionText text{.takes_value = option.get_positional() || option.get_items_expected_max() > 0,
                  .choices = choices_of(option),
                  .description = option.get_description()};
  if (option.get_positional()) text.names.push_back(option.get_name(true));
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  return text;
}

std::size_t add(const CLI::App& app, const std::string& above, std::vector<CommandText>& texts) {
  const std::size_t place = texts.size();
  const std::string path = above.empty() ? app.get_name() : fmt::format("{} {}", above, app.get_name());
  texts.push_back({.path = path, .name = app.get_name(), .description = app.get_description()});
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? texts[place].positionals : texts[place].options).push_back(text_of(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::size_t below = add(*command, path, texts);
    texts[place].commands.push_back(below);
  }
  return place;
}

}  // namespace

std::vector<CommandText> command_texts(const CLI::App& program) {
  std::vector<CommandText> texts;
  add(program, "", texts);
  return texts;
}

}  // namespace throng
