#include "recsys/data/import.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/import_agent4rec.h"
#include "recsys/data/import_lightgcn.h"
#include "recsys/data/import_movielens.h"
#include "recsys/data/import_source.h"

namespace throng {
namespace {

struct Kind {
  std::string_view name;
  Dataset (*import)(ImportSource&);
};

constexpr std::array<Kind, 3> kinds{
    {{"movielens", import_movielens}, {"agent4rec", import_agent4rec}, {"lightgcn", import_lightgcn}}};

}  // namespace

Imported import_dataset(std::string_view kind, const std::filesystem::path& source,
                        const ImportOptions& options) {
  const auto* const known =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) { return each.name == kind; });
  if (known == kinds.end()) {
    throw Failure(ErrorKind::usage, fmt::format("unknown kind of dataset \"{}\"; there are: {}", kind,
                                                fmt::join(import_kinds(), ", ")));
  }
  ImportSource folder(source, options);
  Imported imported;
  imported.dataset = known->import(folder);
  imported.skipped = folder.take_skipped();
  return imported;
}

std::vector<std::string> import_kinds() {
  std::vector<std::string> names;
  names.reserve(std::size(kinds));
  for (const Kind& kind : kinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace throng
