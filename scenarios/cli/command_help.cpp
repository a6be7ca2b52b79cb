#include <memory>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "scenarios/cli/command_line.h"

namespace throng {
namespace {

/// The help of the command that `words` lead to.
std::string help_of(const CLI::App& program, const std::vector<std::string>& words) {
  const CLI::App* app = &program;
  std::string path = program.get_name();
  for (const std::string& word : words) {
    const auto below =
        app->get_subcommands([&](const CLI::App* command) { return command->get_name() == word; });
    if (below.empty())
      throw Failure(ErrorKind::usage, fmt::format("help: there is no command '{} {}'", path, word));
    app = below.front();
    path += " " + word;
  }
  // App::help would show the command that is running: this one.
  return app->get_formatter()->make_help(app, path, CLI::AppFormatMode::Normal);
}

std::string completion_for(const std::string& shell, const CLI::App& program) {
  const std::vector<CommandText> texts = command_texts(program);
  if (shell == "bash") return bash_completion(texts);
  return shell == "zsh" ? zsh_completion(texts) : fish_completion(texts);
}

}  // namespace

void add_help_commands(CLI::App& app) {
  const auto words = std::make_shared<std::vector<std::string>>();
  auto* help = app.add_subcommand("help", "Show the help of a command");
  help->add_option("COMMAND", *words, "The command's words, such as 'data import'; none: all commands");
  help->callback([&app, words] { fmt::print("{}", help_of(app, *words)); });

  const auto shell = std::make_shared<std::string>();
  auto* completion =
      app.add_subcommand("completion", "Print what a shell reads to complete throng's command line");
  completion->add_option("SHELL", *shell, "Which shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&app, shell] { fmt::print("{}", completion_for(*shell, app)); });

  auto* man = app.add_subcommand("man", "Print the manual page, for man(1)");
  man->callback([&app] { fmt::print("{}", man_page(command_texts(app), THRONG_VERSION, app.get_footer())); });
}

}  // namespace throng
