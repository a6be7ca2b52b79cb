#include <memory>

#include <fmt/format.h>

#include "scenarios/cli/commands.h"
#include "scenarios/report/story.h"

namespace throng {

void add_story_command(CLI::App& app) {
  struct Arguments {
    std::string folder;
    std::uint32_t agent = 0;
  };
  auto* command = app.add_subcommand("story", "Tell one agent's story, page by page");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("RUN", arguments->folder, "The run folder")->required();
  command->add_option("--agent", arguments->agent, "The agent's number, from 0")
      ->required()
      ->check(not_negative);
  command->callback(
      [arguments] { fmt::print("{}", story(RunReader(arguments->folder), AgentId(arguments->agent))); });
}

}  // namespace throng
