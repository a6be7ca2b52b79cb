#pragma once

#include <CLI/CLI.hpp>

namespace throng {

// Each adds one command of `throng llm`.
void add_llm_mock_command(CLI::App& llm);
void add_llm_bench_command(CLI::App& llm);
void add_llm_ping_command(CLI::App& llm);

}  // namespace throng
