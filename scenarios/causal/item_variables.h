#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// An item as recorded agents met it, on pages of the ranking that count (not degraded ones, nor what they searched for).
struct ObservedItem {
  std::string id;                 ///< of the source; untrusted
  std::optional<double> quality;  ///< its mean rating in the dataset; none: nobody has rated it
  std::size_t popularity = 0;     ///< its interactions in the dataset
  std::size_t exposures = 0;      ///< times shown
  std::size_t views = 0;
  std::size_t ratings = 0;  ///< the sum of those that agents gave, one a view
};

/// Which items the ratings on a page belong to.
enum class Assignment : std::uint8_t {
  stated,    ///< those that the agent viewed
  by_place,  ///< the n-th rating to the n-th item of the page, as Agent4Rec's runs record it
};

/// Adds a session to what was observed of items; these are by ItemId. Throws std::out_of_range for an item that is none of them.
void observe(const SessionRecord& session, Assignment assignment, std::vector<ObservedItem>& items);

/// All items of a run's catalogue, in item order. Throws Failure(data) if the run kept only a summary, and as RunReader does.
std::vector<ObservedItem> observed_items(const RunReader& run, Assignment assignment);

/// All items of `dataset`, which the recorded agents of a transcripts file were shown. Throws as TranscriptReader does, and Failure(data)
/// if the dataset has no titles.
std::vector<ObservedItem> observed_items(const std::filesystem::path& transcripts, const Dataset& dataset,
                                         Assignment assignment);

/// A number that every item has, or has not.
struct ItemVariable {
  std::string_view name;
  std::string_view meaning;
  std::optional<double> (*of)(const ObservedItem&);
};

/// quality, popularity, exposure, views, view_share, rating.
std::span<const ItemVariable> item_variables();
/// Null if there is none.
const ItemVariable* variable_named(std::string_view name);

}  // namespace throng
