#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

struct ImportOptions {
  std::size_t max_bad =
      0;  ///< how many malformed lines to skip and count before giving up (0: stop at the first)
};

/// A malformed line that was skipped.
struct BadLine {
  std::string file;
  std::size_t line = 0;  ///< from 1
  std::string reason;
};

struct Imported {
  Dataset dataset;
  std::vector<BadLine> skipped;
};

/// Reads `source` in the format `kind` ("movielens", "agent4rec", "lightgcn"). The format's variant is recognised from
/// the files. Throws Failure(usage) for an unknown kind (naming those there are) and Failure(data), naming
/// file, line and reason, for a missing or empty file or one malformed line too many.
Imported import_dataset(std::string_view kind, const std::filesystem::path& source,
                        const ImportOptions& options);

/// The kinds `import_dataset` knows, in the order of the help text.
std::vector<std::string> import_kinds();

}  // namespace throng
