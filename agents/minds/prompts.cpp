#include "agents/minds/prompts.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "embedded/prompt_agent4rec_decide.h"
#include "embedded/prompt_agent4rec_interview.h"
#include "embedded/prompt_agent4rec_react.h"
#include "embedded/prompt_agent4rec_reflect.h"
#include "embedded/prompt_agent4rec_system.h"
#include "embedded/prompt_memory.h"
#include "embedded/prompt_persona.h"
#include "embedded/prompt_remembered.h"
#include "embedded/prompt_repair.h"
#include "embedded/prompt_shown.h"
#include "embedded/prompt_structured_interview.h"
#include "embedded/prompt_structured_page.h"
#include "embedded/prompt_structured_system.h"
#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/hash.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using Source = std::pair<std::string_view, std::string_view>;  ///< path without extension, text

constexpr std::array<Source, 13> kEmbedded{{
    {"persona", embedded::prompt_persona},
    {"remembered", embedded::prompt_remembered},
    {"shown", embedded::prompt_shown},
    {"memory", embedded::prompt_memory},
    {"repair", embedded::prompt_repair},
    {"structured/system", embedded::prompt_structured_system},
    {"structured/page", embedded::prompt_structured_page},
    {"structured/interview", embedded::prompt_structured_interview},
    {"agent4rec/system", embedded::prompt_agent4rec_system},
    {"agent4rec/react", embedded::prompt_agent4rec_react},
    {"agent4rec/decide", embedded::prompt_agent4rec_decide},
    {"agent4rec/reflect", embedded::prompt_agent4rec_reflect},
    {"agent4rec/interview", embedded::prompt_agent4rec_interview},
}};

using Sources = std::map<std::string, std::string, std::less<>>;  ///< by path without extension

Sources sources(const std::optional<fs::path>& folder) {
  if (folder && !fs::is_directory(*folder)) {
    throw Failure(ErrorKind::usage, fmt::format("{} is not a folder of prompt templates", folder->string()));
  }
  Sources texts;
  for (const auto& [path, text] : kEmbedded) {
    const fs::path file = folder.value_or("") / fmt::format("{}.mustache", path);
    texts.emplace(path, folder && fs::exists(file) ? read_file(file, ErrorKind::usage) : std::string(text));
  }
  return texts;
}

/// `text` with the shared templates in the place of lines that name them.
std::string with_partials(std::string text, const Sources& texts) {
  for (const auto& [path, shared] : texts) {
    const std::string line = fmt::format("{{{{>{}}}}}\n", path);
    for (std::size_t at = 0; (at = text.find(line, at)) != std::string::npos; at += shared.size()) {
      text.replace(at, line.size(), shared);
    }
  }
  return text;
}

}  // namespace

const char* to_string(Protocol protocol) {
  return protocol == Protocol::structured ? "structured" : "agent4rec";
}

Prompts::Prompts(Protocol protocol, const std::optional<fs::path>& folder) {
  const Sources texts = sources(folder);
  const std::string own = fmt::format("{}/", to_string(protocol));
  DigestChain digest;
  for (const auto& [path, text] : texts) {
    const bool is_shared = path.find('/') == std::string::npos;
    if (!is_shared && !path.starts_with(own)) continue;
    kainjow::mustache::mustache parsed(with_partials(text, texts));
    if (!parsed.is_valid()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("prompt template {}.mustache: {}", path, parsed.error_message()));
    }
    templates_.emplace(is_shared ? path : path.substr(own.size()), std::move(parsed));
    digest.add(text);
  }
  digest_ = digest.value();
}

std::string Prompts::render(const std::string& name, const View& view) const {
  // Sections that render as nothing leave their line feeds behind.
  std::string text;
  for (const char c : templates_.at(name).render(view)) {
    if (c != '\n' || (!text.empty() && !text.ends_with("\n\n"))) text += c;
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace throng
