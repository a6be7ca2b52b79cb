#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/hash.h"
#include "recsys/data/dataset.h"

namespace throng {

/// Somebody that agents are made after: a user of the dataset, or one whom a population file describes, with a user's history.
struct Person {
  UserId user{};      ///< whose history it has
  double weight = 1;  ///< how often it is drawn, relative to the others
  TraitGroups traits{};
  std::optional<Persona> persona{};       ///< at least one of its texts is not empty
  std::vector<std::string> attributes{};  ///< parallel to Population::attribute_names
};

/// A population of one's own: a file of people, in CSV (a header line names the columns) or JSON lines (an object a line, or one
/// array), told apart by its first character that is not blank. The columns, of which only the first must be there:
///   user (or user_id)                the id of a user of the dataset, whose history the person has; it may occur several times
///   weight                           above 0; 1 if it is empty
///   activity, conformity, diversity  trait groups 1 to 3; empty: those of the user
///   taste, reason                    statements, separated by '|' (in JSON lines they may be a list)
///   high_rating, low_rating          how the person rates, in words
///   any other                        an attribute, such as "age": a name as is_attribute_name has it, the value any text
/// A column stands there once, and none differs from another one, or from an attribute of the dataset, in case only.
/// What no column states of a person is as the dataset has it of the user. JSON lines may begin with {"provenance": {...}}, which says
/// how the file came about.
class PopulationFile {
 public:
  /// Throws Failure(usage) if the file cannot be read.
  explicit PopulationFile(const std::filesystem::path& path);

  /// Of the file's bytes.
  const Hash128& digest() const { return digest_; }
  /// The people in the order of the file; the names of their attributes, those of `dataset` first. `groups`: the traits of the
  /// dataset's users. Throws Failure(data), "file:line: reason".
  std::vector<Person> people(const Dataset& dataset, const std::vector<TraitGroups>& groups,
                             std::vector<std::string>& attribute_names) const;

 private:
  std::filesystem::path path_;
  std::string text_;
  Hash128 digest_;
};

}  // namespace throng
