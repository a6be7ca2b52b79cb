#include "scenarios/run/written_profiles.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "agents/profile/population_file.h"
#include "engine/base/files.h"
#include "engine/base/text.h"
#include "recsys/data/filters.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

void pin(std::string& digest, const Hash128& found, const char* key, const fs::path& file) {
  if (!digest.empty() && digest != found.hex()) {
    throw Failure(ErrorKind::usage, fmt::format("/dataset/{}: the scenario wants \"{}\", but {} has \"{}\"",
                                                key, digest, file.string(), found.hex()));
  }
  digest = found.hex();
}

void apply_personas(const PopulationFile& file, Dataset& dataset) {
  std::vector<std::string> attributes;
  const std::vector<TraitGroups> unused(dataset.users.size());
  for (Person& person : file.people(dataset, unused, attributes))
    dataset.users[index(person.user)].persona = std::move(person.persona);
}

class ItemProfiles {
 public:
  explicit ItemProfiles(const fs::path& path)
      : path_(path), text_(read_file(path, ErrorKind::usage)), digest_(hash128(text_)) {}

  const Hash128& digest() const { return digest_; }

  /// Which items stay.
  std::vector<bool> apply(Dataset& dataset) {
    std::map<std::string, std::size_t, std::less<>> items;
    for (std::size_t n = 0; n < dataset.catalogue.size(); ++n)
      items.emplace(dataset.catalogue.items[n].external_id, n);
    std::vector<bool> known(items.size(), true);
    std::string_view text = text_;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++line_;
      if (trimmed(line).empty()) continue;
      const Json object =
          parse_json(line, fmt::format("{}:{}", path_.string(), line_), ErrorKind::data).value();
      if (object.is_object() && object.contains("provenance")) continue;
      const auto item = items.find(text_in_object(object, "item"));
      if (item == items.end())
        fail(fmt::format("{} has no item {}", printable(dataset.name),
                         excerpt(text_in_object(object, "item"))));
      if (!object.contains("known") || !object["known"].is_boolean())
        fail("\"known\": expected true or false");
      known[item->second] = object["known"].get<bool>();
      const std::string summary = text_in_object(object, "summary");
      if (!summary.empty()) dataset.catalogue.items[item->second].summary = summary;
    }
    return known;
  }

 private:
  std::string text_in_object(const Json& object, const char* key) const {
    if (!object.is_object() || !object.contains(key) || !object[key].is_string())
      fail(fmt::format("\"{}\": expected a text", key));
    return object[key].get<std::string>();
  }
  [[noreturn]] void fail(const std::string& reason) const {
    throw Failure(ErrorKind::data, fmt::format("{}:{}: {}", path_.string(), line_, reason));
  }

  fs::path path_;
  std::string text_;
  Hash128 digest_;
  std::size_t line_ = 0;
};

/// Which training part the file says it was written from; "": it does not say.
std::string training_of(const fs::path& file) {
  const std::string text = read_file(file, ErrorKind::usage);
  const Json first = Json::parse(text.substr(0, text.find('\n')), nullptr, false);
  const Json::json_pointer training("/provenance/training");
  return first.is_object() && first.contains(training) && first[training].is_string()
             ? first[training].get<std::string>()
             : "";
}

}  // namespace

fs::path profile_file(const std::string& dataset_path, const std::string& kind,
                      const std::string& name_or_path) {
  if (name_or_path.find_first_of("/.") != std::string::npos) return name_or_path;
  return fs::path(dataset_path) / kind / (name_or_path + ".jsonl");
}

void apply_profiles(Scenario& scenario, Dataset& dataset) {
  ProfileFiles& profiles = scenario.profiles;
  if (!profiles.personas.empty()) {
    const fs::path path = profile_file(scenario.dataset_path, "personas", profiles.personas);
    const PopulationFile file(path);
    pin(profiles.personas_digest, file.digest(), "personas_digest", path);
    apply_personas(file, dataset);
  }
  if (profiles.items.empty()) return;
  const fs::path path = profile_file(scenario.dataset_path, "items", profiles.items);
  ItemProfiles items(path);
  pin(profiles.items_digest, items.digest(), "item_profiles_digest", path);
  std::vector<bool> known = items.apply(dataset);
  if (profiles.leaves_out_unknown)
    dataset = with_members(
        dataset, {.users = std::vector<bool>(dataset.users.size(), true), .items = std::move(known)});
}

Hash128 history_digest(const Interactions& train) {
  DigestChain chain;
  for (const Interaction& row : train.rows()) chain.add(row.user, row.item, row.rating);
  return chain.value();
}

std::string about_other_training(const Scenario& scenario, const Interactions& train) {
  if (scenario.profiles.personas.empty()) return "";
  const std::string written_from =
      training_of(profile_file(scenario.dataset_path, "personas", scenario.profiles.personas));
  if (written_from.empty() || written_from == history_digest(train).hex()) return "";
  return "The personas were written from another training part than this run's (another split or seed): they "
         "may know what is held out here.";
}

}  // namespace throng
