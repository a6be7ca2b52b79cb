#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace throng {

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
