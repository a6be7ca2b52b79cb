#include "recsys/data/import.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/filters.h"
#include "recsys/data/import_agent4rec.h"
#include "recsys/data/import_amazon.h"
#include "recsys/data/import_csv.h"
#include "recsys/data/import_lightgcn.h"
#include "recsys/data/import_movielens.h"
#include "recsys/data/import_recbole.h"
#include "recsys/data/import_source.h"
#include "recsys/data/import_steam.h"

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
  ImportSource files(source, options);
  if (files.file() && known->takes == Takes::folder) {
    files.open(*files.file());  // says so if it is an archive
    throw Failure(ErrorKind::data,
                  fmt::format("{}: is a file; {} is read from its folder", source.string(), kind));
  }
  Imported imported;
  imported.dataset = known->import(files);
  imported.report = files.take_report();
  apply_filters(imported.dataset, options, imported.report);
  if (imported.dataset.interactions.size() == 0) {
    throw Failure(ErrorKind::data, fmt::format("{}: no interaction is left", source.string()));
  }
  return imported;
}

std::optional<std::string> import_kind_of(const std::filesystem::path& source) {
  std::vector<std::string> files;
  std::error_code error;
  if (std::filesystem::is_directory(source, error)) {
    for (const auto& entry : std::filesystem::directory_iterator(source, error))
      files.push_back(entry.path().filename().string());
  } else if (std::filesystem::is_regular_file(source, error)) {
    files.push_back(source.filename().string());
  }
  for (std::string& file : files) {
    if (file.ends_with(".gz")) file.resize(file.size() - 3);
  }
  const auto has = [&](std::string_view name) { return std::ranges::find(files, name) != files.end(); };
  const auto has_like = [&](std::string_view start, std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(files, [&](const std::string& file) {
      return file.starts_with(start) &&
             std::ranges::any_of(ends, [&](std::string_view end) { return file.ends_with(end); });
    });
  };
  const bool has_films = (has("ratings.csv") && has("movies.csv")) || (has("rating.csv") && has("movie.csv"));
  if (has("u.data") || has("ratings.dat") || has_like("user_ratedmovies", {".dat"}) || has_films)
    return "movielens";
  if (has("movie_detail.csv") || std::filesystem::exists(source / "datasets/ml-1m/simulation", error))
    return "agent4rec";
  if (has("train.txt") && has("test.txt")) return "lightgcn";
  if (has_like("", {".inter"})) return "recbole";
  if (has_like("steam", {""})) return "steam";
  if (has_like("reviews_", {".json"}) || has_like("meta_", {".json", ".jsonl"}) || has_like("", {".jsonl"}))
    return "amazon";
  if (has_like("", {".csv", ".tsv"})) return "csv";
  return std::nullopt;
}

std::vector<std::string> import_kinds() {
  std::vector<std::string> names;
  names.reserve(std::size(kinds));
  for (const Kind& kind : kinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace throng
