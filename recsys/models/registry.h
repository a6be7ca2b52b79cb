#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// Makes an unfitted recommender from {"kind": "mf", "factors": 64, ...}. Keys beside "kind" are the model's
/// options; what is not given has the default of its options struct. The Error (usage) names the offending
/// key as a JSON path below the object ("/factors"), its value and what was expected.
Result<std::unique_ptr<Recommender>> make_recommender(const Json& options);

/// The kinds there are, in the order of the help text; registered ones last.
std::vector<std::string> recommender_kinds();

/// Makes an unfitted recommender; see `make_recommender`.
using MakeRecommender = std::function<Result<std::unique_ptr<Recommender>>(const Json& options)>;

/// Adds a kind of one's own, from outside of this tree: from then on scenarios and commands know it. To be called
/// before anything else runs, from one thread. Throws Failure(usage) if there is such a kind already.
void register_recommender(const std::string& kind, MakeRecommender make);

/// Writes a fitted recommender, whatever its kind, to one file. All numbers are little-endian:
///
///   8 bytes  "THRONGRM"
///   u32      version of the format, 1
///   field    the recommender's options, as JSON text
///   fields   what the model has learned, in the order of its `save`
///
/// See ModelWriter for a field. Throws Failure(usage) for a kind that has nothing to save, Failure(unexpected) naming the path if it
/// cannot be written. The file appears only when it is complete.
void save_recommender(const Recommender& recommender, const std::filesystem::path& path);

/// The inverse: the same kind with the same options, which scores the same bits and goes on from there on a
/// warm start. Throws Failure(data), naming path and reason, for anything but such a file.
std::unique_ptr<Recommender> load_recommender(const std::filesystem::path& path);

}  // namespace throng
