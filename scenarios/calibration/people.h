#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agents/calibration/recorded.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// People whose ratings a mind can be fitted to.
struct PeopleSource {
  std::string description;  ///< such as "movielens-100k, digest 12ab, validation part"
  /// One for each user with items in the validation part: one page, of these items, all viewed. Ratings are rounded to whole stars;
  /// what there is beside ratings means nothing.
  std::vector<RecordedSession> sessions;
};

/// Whether `source` is a dataset, not a run or a file of transcripts.
bool holds_people(const std::filesystem::path& source);

/// Reads what the users of a dataset rated in its validation part; tastes, traits, displayed ratings and habits are those of the
/// training part, so that nothing foretells itself. `overrides`: of the scenario, see read_scenario: `mind.taste`, `dataset.split`
/// and `seed` count. Throws Failure(data) if there are no ratings, and what load_dataset and parse_scenario throw.
PeopleSource read_people(const std::string& data, const std::vector<std::string>& overrides,
                         FitObserver& observer);

}  // namespace throng
