#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace throng::llm::bench {

/// Reads one prompt per line, or from JSON lines (the file's first character is "{") the member "prompt". Empty lines are
/// left out. Throws Failure(data) naming the file and the line, or for a file without prompts.
std::vector<std::string> read_prompts(const std::filesystem::path& file);

}  // namespace throng::llm::bench
