#include "agents/profile/population_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/text/csv.h"

namespace throng {
namespace {

/// One person's line: texts by column, in the order of the file.
struct PersonLine {
  std::size_t line = 0;
  std::size_t columns_line = 0;  ///< where its columns are named
  std::vector<std::pair<std::string, std::string>> fields;
};

[[noreturn]] void fail_at(const std::filesystem::path& path, std::size_t line, const std::string& reason) {
  throw Failure(ErrorKind::data, fmt::format("{}:{}: {}", path.string(), line, reason));
}

std::vector<PersonLine> csv_lines(const std::filesystem::path& path, std::string_view text) {
  CsvReader rows(text);
  std::vector<std::string> columns;
  std::size_t header = 0;
  std::vector<PersonLine> lines;
  while (rows.next()) {
    if (!rows.error().empty()) fail_at(path, rows.line(), rows.error());
    if (columns.empty()) {
      columns.assign(rows.fields().begin(), rows.fields().end());
      header = rows.line();
      continue;
    }
    if (rows.fields().size() != columns.size())
      fail_at(path, rows.line(),
              fmt::format("{} fields, but the header has {}", rows.fields().size(), columns.size()));
    PersonLine& person = lines.emplace_back(PersonLine{.line = rows.line(), .columns_line = header});
    for (std::size_t i = 0; i < columns.size(); ++i)
      person.fields.emplace_back(columns[i], std::string(rows.fields()[i]));
  }
  return lines;
}

/// A text, a number as it is written, or a list of texts, joined by '|'; nothing for anything else.
std::optional<std::string> field_text(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (!value.is_array()) return std::nullopt;
  std::string joined;
  for (const Json& entry : value) {
    if (!entry.is_string()) return std::nullopt;
    joined += (joined.empty() ? "" : "|") + entry.get<std::string>();
  }
  return joined;
}

PersonLine json_person(const std::filesystem::path& path, std::size_t line, const Json& object) {
  if (!object.is_object()) fail_at(path, line, "expected an object");
  PersonLine person{.line = line, .columns_line = line};
  for (const auto& [key, value] : object.items()) {
    std::optional<std::string> text = field_text(value);
    if (!text)
      fail_at(path, line, fmt::format("{}: expected a text, a number or a list of texts", excerpt(key)));
    person.fields.emplace_back(key, std::move(*text));
  }
  return person;
}

/// Every object counts as a line of an array, whatever lines it takes.
std::vector<PersonLine> json_lines(const std::filesystem::path& path, std::string_view text) {
  std::vector<PersonLine> lines;
  if (text.starts_with('[')) {
    const Json list = parse_json(text, path.string(), ErrorKind::data).value();
    for (const Json& object : list) lines.push_back(json_person(path, lines.size() + 1, object));
    return lines;
  }
  std::size_t number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    if (trimmed(line).empty()) continue;
    const Json object =
        parse_json(line, fmt::format("{}:{}", path.string(), number), ErrorKind::data).value();
    if (lines.empty() && object.is_object() && object.contains("provenance")) continue;
    lines.push_back(json_person(path, number, object));
  }
  return lines;
}

/// Makes people of lines.
class PeopleReader {
 public:
  PeopleReader(const std::filesystem::path& path, const Dataset& dataset,
               const std::vector<TraitGroups>& groups, std::vector<std::string>& attribute_names)
      : path_(path), dataset_(dataset), groups_(groups), attribute_names_(attribute_names) {
    for (std::size_t n = 0; n < dataset.users.size(); ++n)
      users_.emplace(dataset.users[n].external_id, UserId(n));
    attribute_names_ = dataset.user_attributes;
  }

  /// Throws Failure(data) unless each column means something and stands there once, and one names the user.
  void check_columns(const PersonLine& line) {
    line_ = line.columns_line;
    for (std::size_t i = 0; i < line.fields.size(); ++i) {
      const std::string& column = line.fields[i].first;
      for (std::size_t other = 0; other < i; ++other) check_apart(column, line.fields[other].first);
      for (const std::string_view known : kColumns) check_case(column, known);
      for (const std::string& known : attribute_names_) check_case(column, known);
      if (!is_attribute_name(column)) fail(fmt::format("column {}: {}", excerpt(column), kAttributeNames));
    }
    if (std::ranges::none_of(line.fields, names_user)) fail("there is no column \"user\"");
  }

  Person person(const PersonLine& line) {
    line_ = line.line;
    const auto user = std::ranges::find_if(line.fields, names_user);
    const auto known = users_.find(trimmed(user->second));
    if (known == users_.end())
      fail(fmt::format("{} has no user {}", printable(dataset_.name), excerpt(user->second)));
    const User& of_dataset = dataset_.users[index(known->second)];
    Person person{.user = known->second,
                  .traits = groups_[index(known->second)],
                  .persona = of_dataset.persona,
                  .attributes = of_dataset.attributes};
    const auto brings_taste = [](const auto& field) {
      return field.first == "taste" && !field.second.empty();
    };
    if (person.persona && std::ranges::any_of(line.fields, brings_taste)) person.persona->reason.clear();
    for (const auto& [column, text] : line.fields) {
      if (column != user->first) set(person, column, text);
    }
    return person;
  }

 private:
  static constexpr std::array<std::string_view, 10> kColumns{"user",        "user_id",   "weight", "activity",
                                                             "conformity",  "diversity", "taste",  "reason",
                                                             "high_rating", "low_rating"};

  static bool names_user(const std::pair<std::string, std::string>& field) {
    return field.first == "user" || field.first == "user_id";
  }

  void check_apart(const std::string& column, const std::string& other) const {
    if (column == other) fail(fmt::format("the column {} occurs twice", excerpt(column)));
    if (lower_case(column) == lower_case(other))
      fail(fmt::format("the columns {} and {} differ in case only", excerpt(other), excerpt(column)));
    if (names_user({column, ""}) && names_user({other, ""}))
      fail("the columns \"user\" and \"user_id\" say the same: expected one of them");
  }

  void check_case(const std::string& column, std::string_view known) const {
    if (column != known && lower_case(column) == lower_case(std::string(known)))
      fail(fmt::format("column {}: expected {}: they differ in case only", excerpt(column), excerpt(known)));
  }

  void set(Person& person, const std::string& column, const std::string& text) {
    static const std::map<std::string, std::uint8_t TraitGroups::*, std::less<>> traits{
        {"activity", &TraitGroups::activity},
        {"conformity", &TraitGroups::conformity},
        {"diversity", &TraitGroups::diversity}};
    static const std::map<std::string, std::string Persona::*, std::less<>> texts{
        {"taste", &Persona::taste},
        {"reason", &Persona::reason},
        {"high_rating", &Persona::high_rating},
        {"low_rating", &Persona::low_rating}};
    if (!is_valid_utf8(text)) fail(fmt::format("{} is not valid UTF-8", excerpt(column)));
    if (text.empty()) return;
    if (column == "weight") {
      const auto weight = parse_number<double>(trimmed(text));
      if (!weight || !std::isfinite(*weight) || *weight <= 0)
        fail(fmt::format("weight: expected a number above 0, found {}", excerpt(text)));
      person.weight = *weight;
    } else if (const auto trait = traits.find(column); trait != traits.end()) {
      const auto group = parse_number<int>(trimmed(text));
      if (!group || *group < 1 || *group > 3)
        fail(fmt::format("{}: expected a group, 1, 2 or 3, found {}", column, excerpt(text)));
      person.traits.*trait->second = static_cast<std::uint8_t>(*group);
    } else if (const auto words = texts.find(column); words != texts.end()) {
      if (!person.persona) person.persona.emplace();
      (*person.persona).*words->second = text;
    } else {
      set_attribute(person, column, text);
    }
  }

  void set_attribute(Person& person, const std::string& column, const std::string& text) {
    const auto known = std::ranges::find(attribute_names_, column);
    const auto place = static_cast<std::size_t>(known - attribute_names_.begin());
    if (known == attribute_names_.end()) attribute_names_.push_back(column);
    if (person.attributes.size() <= place) person.attributes.resize(place + 1);
    person.attributes[place] = text;
  }

  [[noreturn]] void fail(const std::string& reason) const { fail_at(path_, line_, reason); }

  const std::filesystem::path& path_;
  const Dataset& dataset_;
  const std::vector<TraitGroups>& groups_;
  std::vector<std::string>& attribute_names_;
  std::map<std::string, UserId, std::less<>> users_;
  std::size_t line_ = 0;
};

}  // namespace

PopulationFile::PopulationFile(const std::filesystem::path& path)
    : path_(path), text_(read_file(path, ErrorKind::usage)), digest_(hash128(text_)) {}

std::vector<Person> PopulationFile::people(const Dataset& dataset, const std::vector<TraitGroups>& groups,
                                           std::vector<std::string>& attribute_names) const {
  const std::string_view text = trimmed(text_);
  const bool is_json = text.starts_with('{') || text.starts_with('[');
  const std::vector<PersonLine> lines = is_json ? json_lines(path_, text) : csv_lines(path_, text_);
  if (lines.empty()) fail_at(path_, 1, "there is nobody in it");
  PeopleReader reader(path_, dataset, groups, attribute_names);
  std::vector<Person> people;
  people.reserve(lines.size());
  for (const PersonLine& line : lines) {
    if (is_json || people.empty()) reader.check_columns(line);
    people.push_back(reader.person(line));
  }
  return people;
}

}  // namespace throng
