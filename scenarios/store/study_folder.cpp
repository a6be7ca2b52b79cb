#include "scenarios/store/study_folder.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {
namespace {

Json scenario_of(const std::filesystem::path& folder) {
  return read_json(folder / "scenario.json", ErrorKind::data);
}

bool has_control(const Json& scenario) {
  return scenario.contains("control") && !scenario["control"].is_null();
}

std::uint32_t replicates_of(const Json& scenario) {
  const auto found = scenario.find("replicates");
  return found != scenario.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 1;
}

}  // namespace

StudyRun study_run(const std::filesystem::path& study, const std::string& arm, std::uint32_t replicate) {
  return {.arm = arm, .replicate = replicate, .folder = study / fmt::format("{}-{}", arm, replicate)};
}

bool is_study_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "scenario.json")) return false;
  const Json scenario = scenario_of(folder);
  return scenario.is_object() && (replicates_of(scenario) > 1 || has_control(scenario));
}

std::vector<StudyRun> study_runs(const std::filesystem::path& study) {
  const Json scenario = scenario_of(study);
  std::vector<StudyRun> runs;
  for (std::uint32_t replicate = 1; replicate <= replicates_of(scenario); ++replicate) {
    runs.push_back(study_run(study, kIntervention, replicate));
    if (has_control(scenario)) runs.push_back(study_run(study, kControl, replicate));
  }
  return runs;
}

std::string run_status(const std::filesystem::path& run_folder) {
  return std::filesystem::exists(run_folder / "run.db") ? RunReader(run_folder).meta("status") : "";
}

}  // namespace throng
