#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// The arms of a study in their order; of replicates of one scenario "intervention" alone.
std::vector<std::string> arms_of(const Scenario& study);

/// The scenario of an arm that the study has.
const Scenario& scenario_of(const Scenario& study, const std::string& arm);

/// What one run of a study runs, by arm and replicate (from 0): replicate n has the seed + n in all arms. Throws
/// Failure(usage) if the prompt templates are others than when the study was read: its runs would not compare.
Scenario run_of(const Scenario& study, const std::string& arm, std::uint32_t replicate);

/// A study as written with every point of its `sweep` as an arm, or crossed with the arms that it has: a grid of lists of
/// values, or with `samples` a Latin hypercube (McKay et al. 1979) of ranges and lists, whose draws the study's seed decides. A path may
/// lead into a list ("mind.endpoints.0.model"): its arms change the whole list. Points whose names could not be those of folders are
/// numbered. A study without a sweep stays as it is. Throws Failure(usage).
Json with_sweep_as_arms(Json study, const std::string& source);

/// The arms of a study, as written or as resolved, as scenarios of their own; none if it has no `arms` and no `control`. Throws
/// Failure(usage).
std::vector<StudyArm> read_arms(const Json& study, const std::string& source);

/// The arm that the others are compared with: `baseline`, or the control, or the first; of crossed arms ("mf,factors=8") the first
/// part of a name is enough, and means that at the same point. "" if there are no arms. Throws Failure(usage) if there is no such arm, or
/// none for one of the others.
std::string read_baseline(const Json& study, const std::vector<StudyArm>& arms, const std::string& source);

/// An arm of a study, as written or as resolved, as a scenario of its own.
Json arm_of(const Json& study, const std::string& arm);

/// `changes` applied to a scenario as written: a JSON merge patch (RFC 7396), but options belong to their kind, and digests to
/// what they are digests of: an object whose `kind` changes is replaced, and a digest falls away when another path,
/// protocol or folder of templates comes.
Json with_changes(const Json& written, const Json& changes);

/// The changes that make `to` of `from`.
Json changes_between(const Json& from, const Json& to);

/// Of a kind that an arm has at `path` ("recommender", "mind.taste"; keys joined by dots): its options with the values that they have where
/// a scenario states none, as `resolved` writes them, without those that a scenario has to state. `study` is resolved and `changes`, which
/// are the arm's, have an object at the path. Nothing if the arm cannot be read by this program (it does not have the kind, or a file of
/// the arm is gone).
std::optional<Json> defaults_of_kind(const Json& study, const Json& changes, const std::string& path);

}  // namespace throng
