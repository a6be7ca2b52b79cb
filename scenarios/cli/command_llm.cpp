#include "scenarios/cli/command_llm.h"

#include "scenarios/cli/commands.h"

namespace throng {

void add_llm_command(CLI::App& app) {
  auto* llm = app.add_subcommand("llm", "Language model endpoints");
  llm->require_subcommand(1);
  add_llm_mock_command(*llm);
  add_llm_bench_command(*llm);
  add_llm_ping_command(*llm);
}

}  // namespace throng
