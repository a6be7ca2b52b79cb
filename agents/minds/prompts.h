#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <kainjow/mustache.hpp>

#include "engine/base/hash.h"

namespace throng {

/// How a language model is asked.
enum class Protocol {
  structured,  ///< one call per page under a JSON Schema, and one for the interview
  agent4rec,   ///< Agent4Rec's calls in text: react, decide, reflect, interview
};

/// Such as "structured".
const char* to_string(Protocol protocol);

/// The prompt templates of one protocol: Mustache files (agents/prompts), embedded, any of which a folder of the same
/// layout may replace. A line `{{>name}}` stands for the template of that name in the upper folder. Immutable; any number of
/// threads may render.
class Prompts {
 public:
  using View = kainjow::mustache::data;

  /// Throws Failure(usage) if `folder` is none, or a template in it is no Mustache.
  explicit Prompts(Protocol protocol, const std::optional<std::filesystem::path>& folder = {});

  /// `name`: such as "system", "page" or "memory". What `view` does not have renders as nothing. Without line feeds
  /// at both ends, and never more than two in a row.
  std::string render(const std::string& name, const View& view) const;
  /// Of all templates.
  const Hash128& digest() const { return digest_; }

 private:
  /// Rendering changes none of them, for views hold no lambdas, although the library does not say const.
  mutable std::map<std::string, kainjow::mustache::mustache> templates_;
  Hash128 digest_;
};

}  // namespace throng
