#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// The sides of a study.
enum class Arm { intervention, control };

/// Such as "control".
const char* to_string(Arm arm);

/// The intervention, and the control if there is one.
std::vector<Arm> arms_of(const Scenario& scenario);

/// The scenario of an arm that the study has. That of the intervention is the study's own.
const Scenario& scenario_of(const Scenario& study, Arm arm);

/// What one run of a study runs, by arm and replicate (from 0): replicate n has the seed + n in both arms. Throws
/// Failure(usage) if the prompt templates are others than when the study was read: its runs would not compare.
Scenario run_of(const Scenario& study, Arm arm, std::uint32_t replicate);

/// The control of a study as a scenario of its own; null if `study`, as it is written, has none. Throws Failure(usage).
std::shared_ptr<const Scenario> read_control(const Json& study, const std::string& source);

/// The arm of a study, as written or as resolved, as a scenario of its own.
Json arm_of(const Json& study, Arm arm);

/// `control` applied to a scenario as written: a JSON merge patch (RFC 7396), but options belong to their kind, and digests to
/// what they are digests of: an object whose `kind` changes is replaced, and a digest falls away when another path,
/// protocol or folder of templates comes.
Json with_control(const Json& written, const Json& control);

/// The control that makes `to` of `from`.
Json control_between(const Json& from, const Json& to);

}  // namespace throng
