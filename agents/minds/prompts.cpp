#include "agents/minds/prompts.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/prompt_agent4rec_decide.h"
#include "embedded/prompt_agent4rec_interview.h"
#include "embedded/prompt_agent4rec_question.h"
#include "embedded/prompt_agent4rec_react.h"
#include "embedded/prompt_agent4rec_reflect.h"
#include "embedded/prompt_agent4rec_system.h"
#include "embedded/prompt_memory.h"
#include "embedded/prompt_persona.h"
#include "embedded/prompt_reflection.h"
#include "embedded/prompt_remembered.h"
#include "embedded/prompt_repair.h"
#include "embedded/prompt_shown.h"
#include "embedded/prompt_structured_interview.h"
#include "embedded/prompt_structured_page.h"
#include "embedded/prompt_structured_question.h"
#include "embedded/prompt_structured_system.h"
#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/hash.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

struct Embedded {
  std::string_view path;  ///< without extension
  std::string_view text;
  Told told;

  bool is_shared() const { return path.find('/') == std::string_view::npos; }
};

constexpr std::array<Embedded, 16> kEmbedded{{
    {"persona", embedded::prompt_persona, Told::persona},
    {"remembered", embedded::prompt_remembered, Told::situation},
    {"shown", embedded::prompt_shown, Told::page},
    {"memory", embedded::prompt_memory, Told::memory},
    {"reflection", embedded::prompt_reflection, Told::reflection},
    {"repair", embedded::prompt_repair, Told::repair},
    {"structured/system", embedded::prompt_structured_system, Told::persona},
    {"structured/page", embedded::prompt_structured_page, Told::page},
    {"structured/interview", embedded::prompt_structured_interview, Told::situation},
    {"structured/question", embedded::prompt_structured_question, Told::question},
    {"agent4rec/system", embedded::prompt_agent4rec_system, Told::persona},
    {"agent4rec/react", embedded::prompt_agent4rec_react, Told::page},
    {"agent4rec/decide", embedded::prompt_agent4rec_decide, Told::situation},
    {"agent4rec/reflect", embedded::prompt_agent4rec_reflect, Told::situation},
    {"agent4rec/interview", embedded::prompt_agent4rec_interview, Told::situation},
    {"agent4rec/question", embedded::prompt_agent4rec_question, Told::question},
}};

using Sources = std::map<std::string, std::string, std::less<>>;  ///< by path without extension

fs::path file_of(std::string_view path, const std::optional<fs::path>& folder) {
  return folder.value_or("") / fmt::format("{}.mustache", path);
}

/// That every template in the folder has a place, and that there is one of this protocol's.
void check_folder(const fs::path& folder, const std::string& protocol) {
  if (!fs::is_directory(folder))
    throw Failure(ErrorKind::usage, fmt::format("{} is not a folder of prompt templates", folder.string()));
  bool used = false;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".mustache") continue;
    const std::string path = entry.path().lexically_relative(folder).replace_extension().generic_string();
    const auto found = std::ranges::find(kEmbedded, path, &Embedded::path);
    if (found == kEmbedded.end()) {
      std::vector<std::string_view> paths;
      for (const Embedded& each : kEmbedded) paths.push_back(each.path);
      throw Failure(ErrorKind::usage, fmt::format("{}: nothing uses this template; there are: {}",
                                                  entry.path().string(), fmt::join(paths, ", ")));
    }
    used = used || found->is_shared() || path.starts_with(protocol + "/");
  }
  if (!used) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{}: it has no template that protocol {} uses", folder.string(), protocol));
  }
}

std::optional<Told> told_of_shared(std::string_view name) {
  const auto found = std::ranges::find(kEmbedded, name, &Embedded::path);
  if (found == kEmbedded.end() || !found->is_shared()) return std::nullopt;
  return found->told;
}

Sources sources(const std::optional<fs::path>& folder) {
  Sources texts;
  for (const Embedded& each : kEmbedded) {
    const fs::path file = file_of(each.path, folder);
    std::string text =
        folder && fs::exists(file) ? read_file(file, ErrorKind::usage) : std::string(each.text);
    check_template(file.string(), text, each.told, each.is_shared(), told_of_shared);
    texts.emplace(each.path, std::move(text));
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
  if (folder) check_folder(*folder, to_string(protocol));
  const Sources texts = sources(folder);
  const std::string own = fmt::format("{}/", to_string(protocol));
  DigestChain digest;
  for (const auto& [path, text] : texts) {
    const bool is_shared = path.find('/') == std::string::npos;
    if (!is_shared && !path.starts_with(own)) continue;
    const std::string whole = with_partials(text, texts);
    const std::string file = file_of(path, folder).string();
    if (!is_shared) check_tells(file, whole, std::ranges::find(kEmbedded, path, &Embedded::path)->told);
    kainjow::mustache::mustache parsed(whole);
    if (!parsed.is_valid())
      throw Failure(ErrorKind::usage, fmt::format("{}: {}", file, parsed.error_message()));
    templates_.emplace(is_shared ? path : path.substr(own.size()), std::move(parsed));
    digest.add(text);
    if (std::ranges::find(kEmbedded, path, &Embedded::path)->told == Told::persona)
      std::ranges::move(attributes_told(file, text), std::back_inserter(attributes_));
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
