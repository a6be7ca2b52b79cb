#include "llm/bench/prompts_file.h"

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/json.h"

namespace throng::llm::bench {
namespace {

std::string prompt_of(std::string_view line, const std::string& source) {
  const Json json = parse_json(line, source, ErrorKind::data).value();
  if (!json.is_object() || !json.contains("prompt") || !json["prompt"].is_string())
    throw Failure(ErrorKind::data, source + ": expected an object with a text \"prompt\"");
  return json["prompt"].get<std::string>();
}

}  // namespace

std::vector<std::string> read_prompts(const std::filesystem::path& file) {
  const std::string text = read_file(file, ErrorKind::data);
  const bool is_json = text.starts_with('{');
  std::vector<std::string> prompts;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    prompts.push_back(is_json ? prompt_of(line, fmt::format("{}:{}", file.string(), number))
                              : std::string(line));
  }
  if (prompts.empty()) throw Failure(ErrorKind::data, file.string() + ": no prompts");
  return prompts;
}

}  // namespace throng::llm::bench
