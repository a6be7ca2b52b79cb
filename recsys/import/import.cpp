#include "recsys/import/import.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/data/filters.h"
#include "recsys/import/import_source.h"
#include "recsys/import/importers.h"

namespace throng {
namespace {

enum class Takes { folder, file_or_folder };

struct Kind {
  std::string_view name;
  Dataset (*import)(ImportSource&);
  Takes takes;
};

constexpr std::array<Kind, 9> kinds{{{"movielens", import_movielens, Takes::folder},
                                     {"amazon", import_amazon, Takes::file_or_folder},
                                     {"steam", import_steam, Takes::file_or_folder},
                                     {"lightgcn", import_lightgcn, Takes::folder},
                                     {"agent4rec", import_agent4rec, Takes::folder},
                                     {"recbole", import_recbole, Takes::file_or_folder},
                                     {"triples", import_triples, Takes::file_or_folder},
                                     {"json", import_csv, Takes::file_or_folder},
                                     {"csv", import_csv, Takes::file_or_folder}}};

void apply_filters(Dataset& dataset, const ImportOptions& options, const ImportReport& report) {
  Json& provenance = dataset.provenance;
  const auto note = [&](const char* filter, const Dataset& before) {
    provenance["left_out"][filter] =
        Json{{"users", before.users.size() - dataset.users.size()},
             {"items", before.catalogue.size() - dataset.catalogue.size()},
             {"interactions", before.interactions.size() - dataset.interactions.size()}};
  };
  if (options.min_rating) {
    const float least = options.csv.rating_range.mapped(*options.min_rating);
    const Dataset before = std::exchange(dataset, with_min_rating(dataset, least));
    note("min_rating", before);
    for (const FileRead& file : report.files) {  // those that were left out as they were read
      Json& count = provenance["left_out"]["min_rating"]["interactions"];
      count = count.get<std::size_t>() + file.of(Oddity::low_rating).count;
    }
  }
  if (options.k_core > 0) {
    const Dataset before = std::exchange(dataset, k_core(dataset, options.k_core));
    note("k_core", before);
  }
}

}  // namespace

Imported import_dataset(std::string_view kind, const std::filesystem::path& source,
                        const ImportOptions& options) {
  const auto* const known =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) { return each.name == kind; });
  if (known == kinds.end()) {
    throw Failure(ErrorKind::usage, fmt::format("unknown kind of dataset \"{}\"; there are: {}", kind,
                                                fmt::join(import_kinds(), ", ")));
  }
  if (!options.item_name.empty() && !is_item_name(options.item_name))
    throw Failure(ErrorKind::usage,
                  fmt::format("--item-name {}: {}", excerpt(options.item_name), kItemNames));
  ImportSource files(source, options);
  if (files.file() && known->takes == Takes::folder) {
    files.open(*files.file());  // says so if it is an archive
    throw Failure(ErrorKind::data,
                  fmt::format("{}: is a file; {} is read from its folder", source.string(), kind));
  }
  Imported imported;
  imported.dataset = known->import(files);
  if (!options.item_name.empty()) imported.dataset.item_name = options.item_name;
  imported.report = files.take_report();
  apply_filters(imported.dataset, options, imported.report);
  if (imported.dataset.interactions.size() == 0) {
    throw Failure(ErrorKind::data, fmt::format("{}: no interaction is left", source.string()));
  }
  return imported;
}

std::optional<std::string> item_name_in(std::string_view name) {
  // Names of Amazon's departments, and of datasets that circulate as files without a word about what they hold.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> told{{{"toys", "product"},
                                                                                {"book", "book"},
                                                                                {"kindle", "book"},
                                                                                {"movie", "movie"},
                                                                                {"ml-", "movie"},
                                                                                {"netflix", "movie"},
                                                                                {"game", "game"},
                                                                                {"steam", "game"},
                                                                                {"vinyl", "album"},
                                                                                {"music", "song"},
                                                                                {"lastfm", "artist"},
                                                                                {"gowalla", "place"},
                                                                                {"yelp", "place"},
                                                                                {"recipe", "recipe"}}};
  const std::string lower = lower_case(std::string(name));
  const auto* const found = std::ranges::find_if(
      told, [&](const auto& each) { return lower.find(each.first) != std::string::npos; });
  return found == told.end() ? std::nullopt : std::optional(std::string(found->second));
}

std::vector<std::string> import_kinds() {
  std::vector<std::string> names;
  names.reserve(std::size(kinds));
  for (const Kind& kind : kinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace throng
