#include "recsys/data/gathered.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"

namespace throng {
namespace {

bool is_data_file(std::string_view name) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  constexpr std::array<std::string_view, 5> endings{".csv", ".tsv", ".json", ".jsonl", ".ndjson"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

const SourceFile& open_main_file(ImportSource& source, const NamePredicate& is_other) {
  if (source.file()) return source.open(*source.file());
  const auto names =
      source.files([&](std::string_view name) { return is_data_file(name) && !is_other(name); });
  if (names.size() == 1) return source.open(names.front());
  const std::string folder = source.folder().string();
  throw Failure(ErrorKind::data,
                names.empty()
                    ? fmt::format("{}: has no CSV or JSON file of interactions", folder)
                    : fmt::format("{}: has several files that may hold the interactions ({}); name one "
                                  "of them as the source",
                                  folder, to_valid_utf8(fmt::format("{}", fmt::join(names, ", ")))));
}

const SourceFile* open_items_file(ImportSource& source, const NamePredicate& is_wanted) {
  if (!source.options().items.empty()) return &source.open_path(source.options().items);
  const auto names =
      source.files([&](std::string_view name) { return is_data_file(name) && is_wanted(name); });
  return names.size() == 1 ? &source.open(names.front()) : nullptr;
}

bool has_records(const SourceFile& file) {
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  if (!blocks.next()) return false;
  std::string_view text = trimmed(without_bom(blocks.text().substr(0, 1024)));
  if (text.starts_with('[')) text = trimmed(text.substr(1));
  return text.starts_with('{');
}

Dataset gathered_dataset(const SourceFile& file, const InteractionLog& log, std::vector<Interaction> rows,
                         InteractionColumns columns, DescribedItems items) {
  if (rows.empty()) fail_file(file, "has no interactions");
  Dataset dataset;
  dataset.name = stem(file.path);
  for (std::uint32_t id = 0; id < log.users().size(); ++id)
    dataset.users.push_back({.external_id = log.users()[id]});
  dataset.catalogue = std::move(items).make_catalogue();
  dataset.interactions =
      Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows), columns);
  return dataset;
}

}  // namespace throng
