#include <unordered_set>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "recsys/data/external_ids.h"
#include "recsys/import/adjacency_lists.h"
#include "recsys/import/importers.h"

namespace throng {
namespace {

/// The external ids of users or items, and the numbers that stand for them.
class IdList {
 public:
  IdList(ImportSource& source, const std::string& file, const char* noun) : noun_(noun) {
    is_given_ = source.has(file);
    if (is_given_) read(source, source.open(file));
  }

  Numbering numbering() {
    if (is_given_) return {.noun = noun_, .positions = positions_};
    return {.noun = noun_, .positions = positions_, .add = [this](std::uint32_t number) {
              return std::optional(add(number, std::to_string(number)));
            }};
  }
  const std::vector<std::string>& external_ids() const { return external_ids_; }

 private:
  void read(ImportSource& source, const SourceFile& file) {
    std::unordered_set<std::string_view> seen;
    for_each_line(source, file, [&](std::string_view line, bool first) -> std::string {
      if (first) {  // the header
        source.read_of(file).rows = 0;
        return {};
      }
      const std::size_t blank = line.find(' ');
      const std::string_view id = line.substr(0, blank);
      std::string_view rest = blank == std::string_view::npos ? "" : line.substr(blank + 1);
      rest = rest.substr(0, rest.find(' '));
      const auto number = parse_number<std::uint32_t>(rest);
      if (id.empty() || !number) return fmt::format("{} is not an id and a number", excerpt(line));
      if (positions_.find(*number)) return fmt::format("the {} {} occurs twice", noun_, *number);
      if (!seen.insert(id).second) return fmt::format("the id {} occurs twice", excerpt(id));
      add(*number, source.read_of(file).text(id));
      return {};
    });
    if (external_ids_.empty()) fail_file(file, fmt::format("has no {}s", noun_));
  }

  std::uint32_t add(std::uint32_t number, std::string external_id) {
    const auto position = static_cast<std::uint32_t>(external_ids_.size());
    positions_.add(number, position);
    external_ids_.push_back(std::move(external_id));
    return position;
  }

  const char* noun_;
  bool is_given_ = false;
  IdPositions positions_;
  std::vector<std::string> external_ids_;
};

}  // namespace

Dataset import_lightgcn(ImportSource& source) {
  source.enter([](const std::filesystem::path& folder) {
    return ImportSource::has_in(folder, "train.txt") && ImportSource::has_in(folder, "test.txt");
  });
  IdList users(source, "user_list.txt", "user");
  IdList items(source, "item_list.txt", "item");
  AdjacencyLists pairs(source, users.numbering(), items.numbering());
  pairs.read(source.open("train.txt"), SplitPart::train);
  if (source.has("valid.txt")) pairs.read(source.open("valid.txt"), SplitPart::validation);
  pairs.read(source.open("test.txt"), SplitPart::test);
  Dataset dataset;
  for (const std::string& id : users.external_ids()) dataset.users.push_back({.external_id = id});
  for (const std::string& id : items.external_ids()) dataset.catalogue.items.push_back({.external_id = id});
  std::move(pairs).move_to(dataset);
  dataset.name =
      to_valid_utf8(std::filesystem::absolute(source.folder()).lexically_normal().filename().string());
  dataset.item_name = item_name_in(dataset.name).value_or(dataset.item_name);
  dataset.provenance = source.provenance("lightgcn", "adjacency lists");
  return dataset;
}

}  // namespace throng
