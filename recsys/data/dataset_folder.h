#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// Reads a canonical dataset folder (docs/dataset-folder.md). Throws Failure(data) naming file, line and
/// reason.
Dataset read_dataset_folder(const std::filesystem::path& folder);

/// Writes a canonical dataset folder: into a new folder beside `folder` first, renamed when it is complete,
/// so that nothing half-written stays. Throws Failure(usage) if `folder` exists and is not empty, and
/// Failure(unexpected) if it cannot be written.
void write_dataset_folder(const Dataset& dataset, const std::filesystem::path& folder);

/// The dataset a scenario's `dataset.path` names: "demo" is the demo world, "synthetic:2000x3700" a world of that many
/// users and items made on the fly, anything else a canonical dataset folder. Throws Failure(data) naming file, line
/// and reason, and Failure(usage) for a synthetic world of no size.
Dataset load_dataset(const std::string& path);

/// The kind that a folder or file of a published dataset looks like (see import_dataset), by the names of its files; empty if none.
std::optional<std::string> import_kind_of(const std::filesystem::path& source);

/// Whether a text can stand in prompts for what one item is: printable, at most 40 bytes.
bool is_item_name(std::string_view name);
inline constexpr std::string_view kItemNames =
    "expected one word or a few, at most 40 bytes, such as \"movie\"";

/// Of the words for what a dataset's ratings are, which is_item_name checks as well.
inline constexpr std::string_view kRatingsAre =
    "expected what they are in a few words, at most 40 bytes, such as \"play time\"";

/// Whether a further column of users can have this name: prompt templates call it so.
bool is_attribute_name(std::string_view name);
inline constexpr std::string_view kAttributeNames =
    "expected names of letters, digits and \"_\", at most 40 bytes";

// The columns of a canonical dataset folder, by their position in the declarations below.

enum ItemColumn : std::size_t { item_id, item_title, item_year, item_genres, item_summary, item_mean_rating };
enum UserColumn : std::size_t {
  user_id,
  user_activity,
  user_conformity,
  user_diversity,
  user_taste,
  user_reason,
  user_high_rating,
  user_low_rating,
};
enum InteractionColumn : std::size_t {
  interaction_user,
  interaction_item,
  interaction_rating,
  interaction_time,
  interaction_split,
};

inline const std::vector<std::string_view> item_columns{"item_id", "title",   "year",
                                                        "genres",  "summary", "mean_rating"};
inline const std::vector<std::string_view> user_columns{"user_id", "activity", "conformity",  "diversity",
                                                        "taste",   "reason",   "high_rating", "low_rating"};
inline const std::vector<std::string_view> interaction_columns{"user_id", "item_id", "rating", "time",
                                                               "split"};
inline const std::vector<std::string_view> split_names{"train", "validation",
                                                       "test"};  // in SplitPart's order

}  // namespace throng
