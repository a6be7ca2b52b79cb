#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/minds/llm_mind.h"
#include "agents/minds/prompts.h"
#include "agents/minds/statistical_parameters.h"
#include "engine/base/json.h"
#include "llm/endpoint_options.h"

namespace throng {

/// A mind that asks language models, as a scenario describes it.
struct LlmOptions {
  LlmMindOptions mind;  ///< its models: the distinct ones of the endpoints, in their order
  PromptViewOptions views;
  Json endpoints;                                ///< of this mind, as the scenario states them
  Json embedder;                                 ///< likewise, if its vectors are an endpoint's; else null
  std::optional<std::filesystem::path> prompts;  ///< a folder of templates
  std::shared_ptr<const Prompts> templates;      ///< what is in it; null: not read yet
  std::string prompts_digest;                    ///< of the templates; "": not known yet
};

/// One of a population's minds.
struct MindOptions {
  double share = 1;                  ///< of the agents, relative to the other minds
  std::optional<LlmOptions> llm;     ///< none: the statistical mind
  StatisticalParameters parameters;  ///< of the statistical mind
  Json taste = {
      {"kind",
       "latent"}};  ///< of the statistical mind: TasteSpace, or every option of a model (ModelAffinity)

  bool fitted_to_llm =
      false;  ///< its parameters are estimated after the first round, and its agents come then

  bool has_model_taste() const { return taste["kind"] != "latent"; }
};

/// A population's minds, and whom those of them ask that are language models.
struct MindList {
  std::vector<MindOptions> minds;               ///< at least one
  std::vector<llm::EndpointOptions> endpoints;  ///< of all minds and their embedders, each once
};

/// The text of the shipped parameters with this name, of the project's folder scenarios/minds: "gpt-3.5", "people"; "default":
/// none is changed.
std::optional<std::string_view> shipped_mind(std::string_view name);

/// Reads shipped parameters, or a file that `mind.parameters` may name. Throws Failure(usage) naming file, JSON path and what was expected.
StatisticalParameters read_parameters_file(const std::filesystem::path& file);

/// Reads a scenario's `mind`, which fits the schema: an object, or a list of them. Throws Failure(usage) that begins with the
/// JSON path.
MindList read_minds(const Json& json);

/// A scenario's `mind` with every key spelled out, as a list of minds or, without their shares, as the only one.
Json write_minds(const std::vector<MindOptions>& minds, bool as_list);

/// Reads the prompt templates: the minds then have them, and know their digests. Throws Failure(usage) if one has another already, or if its
/// templates cannot be read.
void pin_prompts(std::vector<MindOptions>& minds);

/// What of a resolved `mind` decides results: for the endpoints only which models there are.
Json result_view(const Json& mind);

}  // namespace throng
