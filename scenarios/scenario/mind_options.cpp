#include "scenarios/scenario/mind_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "agents/minds/affinity.h"
#include "embedded/mind_gpt_3_5.h"
#include "embedded/mind_people.h"

namespace throng {
namespace {

/// `mind` as a list of minds, each with its JSON path.
std::vector<std::pair<std::string, Json>> listed(const Json& mind) {
  if (!mind.is_array()) return {{"/mind", mind}};
  std::vector<std::pair<std::string, Json>> list;
  for (std::size_t i = 0; i < mind.size(); ++i) list.emplace_back(fmt::format("/mind/{}", i), mind[i]);
  return list;
}

std::vector<std::string> distinct_models(const std::vector<llm::EndpointOptions>& endpoints) {
  std::vector<std::string> models;
  for (const llm::EndpointOptions& endpoint : endpoints) {
    if (std::ranges::find(models, endpoint.model) == models.end()) models.push_back(endpoint.model);
  }
  return models;
}

/// Those of one mind; `known`: the JSON of what is in `all` already.
std::vector<llm::EndpointOptions> read_endpoints(const Json& json, const std::string& path, Json& known,
                                                 std::vector<llm::EndpointOptions>& all) {
  if (!json.contains("endpoints")) {
    throw Failure(ErrorKind::usage, path + "/endpoints: missing; an LLM mind needs at least one endpoint");
  }
  auto endpoints = llm::read_endpoints(json["endpoints"], path + "/endpoints").value();
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    if (std::ranges::find(known, json["endpoints"][i]) != known.end()) continue;
    known.push_back(json["endpoints"][i]);
    all.push_back(endpoints[i]);
  }
  return endpoints;
}

/// Whose vectors tell how relevant memories are: null, or the JSON of an endpoint's, whose model `mind` then has.
Json read_embedder(const Json& json, const std::string& path, LlmMindOptions& mind, Json& known,
                   std::vector<llm::EndpointOptions>& all) {
  if (json["kind"] == "local") {
    for (const auto& [key, value] : json.items()) {
      if (key != "kind")
        throw Failure(ErrorKind::usage, fmt::format("{}/{}: the kind \"local\" has no options", path, key));
    }
    return nullptr;
  }
  if (!json.contains("endpoints"))
    throw Failure(ErrorKind::usage, path + "/endpoints: missing; the kind \"endpoint\" needs at least one");
  const std::vector<std::string> models = distinct_models(read_endpoints(json, path, known, all));
  if (models.size() > 1) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{}/endpoints: the models {} and {}: expected one, for vectors of different "
                              "models cannot be compared",
                              path, models[0], models[1]));
  }
  mind.embedder = llm::EmbeddingRequest{.model = models.front()};
  if (json.contains("dimensions")) mind.embedder->dimensions = json["dimensions"].get<int>();
  return json;
}

/// A model is asked by its name, wherever it is served.
void check_embedders(const std::vector<MindOptions>& minds) {
  for (const MindOptions& mind : minds) {
    if (!mind.llm || !mind.llm->mind.embedder) continue;
    const std::string& model = mind.llm->mind.embedder->model;
    for (const MindOptions& other : minds) {
      if (!other.llm || std::ranges::find(other.llm->mind.models, model) == other.llm->mind.models.end())
        continue;
      throw Failure(
          ErrorKind::usage,
          fmt::format("/mind/embedder/endpoints: the model {} plays agents: expected one that embeds",
                      model));
    }
  }
}

/// The protocol agent4rec does as Agent4Rec does.
const char* default_order(Protocol protocol) {
  return protocol == Protocol::agent4rec ? "ranked" : "shuffled";
}

/// Agent4Rec's agents reflect after every second page; ours also when what they felt turned or mattered.
ReflectionRule default_reflection(Protocol protocol) {
  if (protocol == Protocol::agent4rec) return {.pages = 2};
  return {.pages = 2, .swing = 0.4, .importance = 6};
}

ReflectionRule read_reflection_rule(const Json& json, ReflectionRule rule) {
  read_if_there(json, "pages", rule.pages);
  read_if_there(json, "swing", rule.swing);
  read_if_there(json, "importance", rule.importance);
  return rule;
}

LlmOptions read_llm(const Json& json, const std::vector<llm::EndpointOptions>& endpoints) {
  LlmOptions options;
  options.endpoints = json["endpoints"];
  options.mind.models = distinct_models(endpoints);
  if (json.value("protocol", "structured") == "agent4rec") options.mind.protocol = Protocol::agent4rec;
  read_if_there(json, "temperature", options.mind.temperature);
  read_if_there(json, "max_tokens", options.mind.max_tokens);
  read_if_there(json, "repairs", options.mind.repairs);
  options.mind.shuffles = json.value("order", default_order(options.mind.protocol)) == "shuffled";
  options.mind.reflection = read_reflection_rule(json.value("reflection", Json::object()),
                                                 default_reflection(options.mind.protocol));
  const Json retrieval = json.value("retrieval", Json::object());
  read_if_there(retrieval, "relevance", options.mind.retrieval.relevance);
  read_if_there(retrieval, "recency", options.mind.retrieval.recency);
  read_if_there(retrieval, "importance", options.mind.retrieval.importance);
  read_if_there(json, "item_name", options.views.item_name);
  read_if_there(json, "memory_tokens", options.views.memory_tokens);
  if (json.contains("prompts")) options.prompts = json["prompts"].get<std::string>();
  read_if_there(json, "prompts_digest", options.prompts_digest);
  return options;
}

/// `path`: of the mind; its embedder's endpoints are added to `read`.
LlmOptions read_llm(const Json& json, const std::string& path, Json& known, MindList& read) {
  LlmOptions options = read_llm(json, read_endpoints(json, path, known, read.endpoints));
  if (json.contains("embedder")) {
    options.embedder =
        read_embedder(json["embedder"], path + "/embedder", options.mind, known, read.endpoints);
  }
  return options;
}

Json write_llm(const LlmOptions& llm) {
  Json full = {{"protocol", to_string(llm.mind.protocol)},
               {"endpoints", llm.endpoints},
               {"temperature", llm.mind.temperature},
               {"max_tokens", llm.mind.max_tokens},
               {"repairs", llm.mind.repairs},
               {"order", llm.mind.shuffles ? "shuffled" : "ranked"},
               {"memory_tokens", llm.views.memory_tokens},
               {"retrieval",
                {{"relevance", llm.mind.retrieval.relevance},
                 {"recency", llm.mind.retrieval.recency},
                 {"importance", llm.mind.retrieval.importance}}},
               {"reflection",
                {{"pages", llm.mind.reflection.pages},
                 {"swing", llm.mind.reflection.swing},
                 {"importance", llm.mind.reflection.importance}}}};
  if (!llm.embedder.is_null()) full["embedder"] = llm.embedder;
  if (!llm.views.item_name.empty()) full["item_name"] = llm.views.item_name;
  if (llm.prompts) full["prompts"] = llm.prompts->string();
  full["prompts_digest"] = llm.prompts_digest;
  return full;
}

/// The keys that only the other kind of mind has.
void check_keys(const Json& json, const std::string& path, bool is_llm) {
  for (const auto& [key, value] : json.items()) {
    if (key == "kind" || key == "share" ||
        (key == "parameters" || key == "taste" || key == "fitted_to") != is_llm)
      continue;
    throw Failure(ErrorKind::usage, fmt::format("{}/{}: only {} mind has this key", path, key,
                                                is_llm ? "the statistical" : "an LLM"));
  }
}

StatisticalParameters read_parameters(const Json& json, const std::string& path) try {
  if (!json.is_string()) return read_statistical_parameters(json, "").value();
  return read_parameters_file(json.get<std::string>());
} catch (const Failure& failure) {
  throw Failure(failure.kind(), fmt::format("{}{}{}", path, json.is_string() ? ": " : "", failure.what()));
}

Json read_taste(const Json& json, const std::string& path) {
  if (json["kind"] == "latent") {
    for (const auto& [key, value] : json.items()) {
      if (key != "kind")
        throw Failure(ErrorKind::usage, fmt::format("{}/{}: the kind \"latent\" has no options", path, key));
    }
    return json;
  }
  const auto model = make_taste_model(json);
  if (!model) throw Failure(ErrorKind::usage, path + model.error().message);
  return (*model)->options();
}

/// What of a resolved `embedder` decides results: its model, wherever it is served.
Json embedder_view(Json embedder) {
  const auto endpoints = llm::read_endpoints(embedder["endpoints"], "/mind/embedder/endpoints");
  embedder.erase("endpoints");
  if (endpoints) embedder["model"] = endpoints->front().model;
  return embedder;
}

Json write_mind(const MindOptions& mind, bool is_tier) {
  Json full = {{"kind", mind.llm ? "llm" : "statistical"}};
  if (is_tier) full["share"] = mind.share;
  if (mind.llm) {
    full.update(write_llm(*mind.llm));
  } else {
    full["taste"] = mind.taste;
    if (mind.fitted_to_llm) full["fitted_to"] = "llm";
    full["parameters"] = to_json(mind.parameters);
  }
  return full;
}

}  // namespace

std::optional<std::string_view> shipped_mind(std::string_view name) {
  if (name == "default") return "{}";
  if (name == "gpt-3.5") return embedded::mind_gpt_3_5;
  if (name == "people") return embedded::mind_people;
  return std::nullopt;
}

StatisticalParameters read_parameters_file(const std::filesystem::path& file) {
  const std::optional<std::string_view> shipped = shipped_mind(file.string());
  const Json json = shipped ? parse_json(*shipped, file.string(), ErrorKind::unexpected).value()
                            : read_json(file, ErrorKind::usage);
  const Result<StatisticalParameters> read = read_statistical_parameters(json, "");
  if (!read) throw Failure(ErrorKind::usage, fmt::format("{}: {}", file.string(), read.error().message));
  return *read;
}

MindList read_minds(const Json& json) {
  MindList read;
  Json known = Json::array();
  for (const auto& [path, mind] : listed(json)) {
    if (mind.is_array()) throw Failure(ErrorKind::usage, path + ": a list of minds holds no lists");
    MindOptions& options = read.minds.emplace_back();
    read_if_there(mind, "share", options.share);
    const bool is_llm = mind["kind"] == "llm";
    check_keys(mind, path, is_llm);
    if (is_llm) options.llm = read_llm(mind, path, known, read);
    if (mind.contains("parameters"))
      options.parameters = read_parameters(mind["parameters"], path + "/parameters");
    options.fitted_to_llm = mind.contains("fitted_to");
    if (mind.contains("taste")) options.taste = read_taste(mind["taste"], path + "/taste");
  }
  check_embedders(read.minds);
  return read;
}

Json write_minds(const std::vector<MindOptions>& minds, bool as_list) {
  if (!as_list) return write_mind(minds.front(), false);
  Json list = Json::array();
  for (const MindOptions& mind : minds) list.push_back(write_mind(mind, true));
  return list;
}

void pin_prompts(std::vector<MindOptions>& minds) {
  for (MindOptions& mind : minds) {
    if (!mind.llm) continue;
    mind.llm->templates = std::make_shared<const Prompts>(mind.llm->mind.protocol, mind.llm->prompts);
    const std::string digest = mind.llm->templates->digest().hex();
    std::string& pinned = mind.llm->prompts_digest;
    if (!pinned.empty() && pinned != digest) {
      throw Failure(
          ErrorKind::usage,
          fmt::format(
              R"(/mind/prompts_digest: the scenario wants the prompt templates "{}", but these are "{}")",
              pinned, digest));
    }
    pinned = digest;
  }
}

Json result_view(const Json& mind) {
  if (mind.is_array()) {
    Json list = Json::array();
    for (const Json& tier : mind) list.push_back(result_view(tier));
    return list;
  }
  Json view = mind;
  view.erase("prompts");
  if (view.contains("parameters")) view["parameters"].erase("provenance");
  if (view.contains("endpoints")) {
    const auto endpoints = llm::read_endpoints(view["endpoints"], "/mind/endpoints");
    view.erase("endpoints");
    if (endpoints) view["models"] = distinct_models(*endpoints);
  }
  if (view.contains("embedder")) view["embedder"] = embedder_view(view["embedder"]);
  return view;
}

}  // namespace throng
