#include "scenarios/cli/commands.h"

namespace throng {

void add_llm_command(CLI::App& app) {
  auto* llm = app.add_subcommand("llm", "Test endpoints that serve language models");
  llm->require_subcommand(1);
  add_llm_bench_command(*llm);
}

}  // namespace throng
