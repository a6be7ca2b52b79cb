#include "scenarios/calibration/recorded_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/hash.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/data/external_ids.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/transcripts/session.h"

namespace throng {
namespace {

/// The world that transcripts seem to come from: the longest page and session seen.
Json assumed_scenario(const std::string& data, const std::vector<RecordedAgent>& agents) {
  std::size_t items = 1;
  std::size_t pages = 1;
  for (const RecordedAgent& agent : agents) {
    for (const SessionRecord& session : agent.sessions) {
      pages = std::max(pages, session.pages.size());
      for (const PageRecord& page : session.pages) items = std::max(items, page.impressions.size());
    }
  }
  return {{"name", "recorded"},
          {"seed", 101},
          {"dataset", {{"path", data}}},
          {"recommender", {{"kind", "mf"}}},
          {"session", {{"items_per_page", items}, {"max_pages", pages}}}};
}

RecordedSource read_transcripts(const std::filesystem::path& file, const std::string& data,
                                const std::vector<std::string>& overrides) {
  RecordedSource source{.dataset = load_dataset(data)};
  if (!source.dataset.catalogue.has_titles())
    throw Failure(ErrorKind::data, fmt::format("{} has no titles to find in replies", data));
  ExternalIds users;
  for (const User& user : source.dataset.users) users.add(user.external_id);
  const std::vector<float> ratings = source.dataset.mean_ratings();
  TranscriptReader reader(file, source.dataset.catalogue);
  while (const std::optional<Transcript> transcript = reader.next()) {
    const auto user = users.find(transcript->agent);
    if (!user) {
      throw Failure(ErrorKind::data, fmt::format("{}:{}: /agent: the dataset has no user {}", file.string(),
                                                 transcript->line, transcript->agent));
    }
    RecordedAgent& agent =
        source.agents.emplace_back(RecordedAgent{.name = transcript->agent, .agent = AgentId(*user)});
    agent.sessions.push_back(session_of(*transcript, source.dataset.catalogue, ratings));
    agent.sessions.back().agent = agent.agent;
  }
  source.scenario = parse_scenario(assumed_scenario(data, source.agents), file.string(), overrides);
  source.description = fmt::format("{}, digest {}, {} agents", file.filename().string(),
                                   hash128(read_file(file, ErrorKind::data)).hex(), source.agents.size());
  return source;
}

RecordedSource read_run(const std::filesystem::path& folder, const std::optional<std::string>& data,
                        std::vector<std::string> overrides) {
  const RunReader run(folder);
  if (run.meta("store") == "summary") {
    throw Failure(ErrorKind::data,
                  fmt::format("{} keeps only a summary, not what each agent did: run it with "
                              "--store full",
                              folder.string()));
  }
  if (data) overrides.insert(overrides.begin(), "dataset.path=" + *data);
  RecordedSource source{.scenario = read_scenario(folder / "scenario.json", overrides)};
  source.dataset = load_dataset(source.scenario.dataset_path);
  const bool language_models_only = source.scenario.asks_language_models();
  const RowStream<StoredAgent> agents = run.agents();
  while (const std::optional<StoredAgent> stored = agents()) {
    if (language_models_only && stored->mind == "statistical") continue;
    source.agents.push_back({.name = fmt::format("{}", index(stored->agent)),
                             .agent = stored->agent,
                             .sessions = run.sessions(stored->agent)});
  }
  source.description = fmt::format("run {}, digest {}, {} agents", source.scenario.name, run.meta("digest"),
                                   source.agents.size());
  return source;
}

}  // namespace

RecordedSource read_recorded(const std::filesystem::path& source, const std::optional<std::string>& data,
                             const std::vector<std::string>& overrides) {
  const bool is_run = std::filesystem::is_directory(source);
  if (!is_run && !data)
    throw Failure(ErrorKind::usage, "--data DIR is needed: transcripts do not say what dataset they are of");
  RecordedSource recorded =
      is_run ? read_run(source, data, overrides) : read_transcripts(source, *data, overrides);
  if (recorded.agents.empty())
    throw Failure(ErrorKind::data, fmt::format("{} holds no agents", source.string()));
  recorded.scenario.minds = {MindOptions{}};
  recorded.scenario.endpoints.clear();
  return recorded;
}

}  // namespace throng
