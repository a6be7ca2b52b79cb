#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/import/import_report.h"

namespace throng {

/// Which numbers are ratings. If it is not 0.5 to 5, they are mapped linearly to 1 to 5.
struct RatingRange {
  double low = 0.5;
  double high = 5;

  bool is_own() const { return low == 0.5 && high == 5; }
  float mapped(double rating) const {
    return static_cast<float>(is_own() ? rating : 1 + 4 * (rating - low) / (high - low));
  }
};

/// How a file of the kinds "csv" and "json" is written. A column is named by its name in the header line or, if no column has
/// that name, by its number from 1; of JSON objects by its key.
struct CsvFormat {
  std::string user = "1";
  std::string item = "2";
  std::string rating{};  ///< empty: there are no ratings; so for the following
  std::string time{};
  std::string time_format{};   ///< of strptime; empty: what parse_time reads
  std::string title{};         ///< of the file of items, if there is one
  std::string year{};          ///< likewise; empty: that in brackets in the title
  std::string genres{};        ///< likewise
  std::string items_id = "1";  ///< the item's column in the file of items
  std::string separator = ",";
  std::string genre_separator = "|";
  bool header = true;
  RatingRange rating_range{};
};

struct ImportOptions {
  std::size_t max_bad =
      0;  ///< how many malformed lines to skip and count before giving up (0: stop at the first)
  std::optional<double> min_rating{};  ///< leave out interactions with a lower rating
  std::size_t k_core = 0;              ///< see k_core() in filters.h; 0: leave out nothing
  std::filesystem::path
      items{};  ///< all but movielens, lightgcn and agent4rec: the file that describes the items
  std::string
      encoding{};  ///< of the files, by iconv's name; empty: UTF-8 or what a byte order mark tells, and Windows-1252
                   ///< where a text is not that
  std::string item_name{};            ///< what one item is; empty: what the format or its name tells
  std::optional<std::int64_t> now{};  ///< Unix seconds; later times are odd (none: no time is too late)
  CsvFormat csv{};
};

struct Imported {
  Dataset dataset;
  ImportReport report;
};

/// Reads `source` in the format `kind` (see import_kinds). The format's variant is recognised from
/// the files. Throws Failure(usage) for an unknown kind (naming those there are) or options that do not fit, and
/// Failure(data), naming file, line and reason, for a missing or empty file, one malformed line too many, or if no
/// interaction is left.
Imported import_dataset(std::string_view kind, const std::filesystem::path& source,
                        const ImportOptions& options);

/// The kinds `import_dataset` knows, in the order of the help text.
std::vector<std::string> import_kinds();

}  // namespace throng
