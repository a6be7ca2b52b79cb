#include <memory>

#include <fmt/format.h>

#include "scenarios/cli/commands.h"
#include "scenarios/report/story.h"

namespace throng {

void add_story_command(CLI::App& app) {
  struct Arguments {
    std::string folder;
    std::uint32_t agent = 0;
    bool prompts = false;
  };
  auto* command = app.add_subcommand("story", "Tell one agent's story, page by page");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("RUN", arguments->folder, "The run folder")->required();
  command->add_option("--agent", arguments->agent, "The agent's number, from 0")
      ->required()
      ->check(not_negative);
  command->add_flag(
      "--prompts", arguments->prompts,
      "Show what a language model and a remote recommender were asked, and their replies, as well");
  command->callback([arguments] {
    const AgentId agent{arguments->agent};
    fmt::print("{}", story(RunReader(arguments->folder), agent));
    if (arguments->prompts) fmt::print("{}", conversation(arguments->folder, agent));
  });
}

}  // namespace throng
