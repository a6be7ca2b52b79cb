#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace throng {

/// What is allowed, both ends included.
template <class T>
struct Range {
  T min;
  T max;
};

/// Reads an options struct from a JSON object, strictly. Call a read function for each key there may be; what
/// the object does not give keeps its value. Then `finish` tells whether all went well: the first wrong
/// value, else the first unknown key, is the Error (usage), with its JSON path, its value and what was
/// expected.
class OptionsReader {
 public:
  /// `path` is where the object stands in its file, such as "/recommender"; "" for the top. `object` must
  /// outlive the reader.
  explicit OptionsReader(const Json& object, std::string path = "");

  void integer(std::string_view key, int& value, Range<int> range);
  /// One, or a list of at least one, which ascends.
  void integers(std::string_view key, std::vector<int>& values, Range<int> range);
  void number(std::string_view key, double& value, Range<double> range);
  /// As many as `values` has.
  void numbers(std::string_view key, std::span<double> values, Range<double> range);
  /// None, or as many as `count` allows.
  void number_list(std::string_view key, std::vector<double>& values, Range<std::size_t> count,
                   Range<double> range);
  void boolean(std::string_view key, bool& value);
  void text(std::string_view key, std::string& value);
  /// One of `choices`.
  void choice(std::string_view key, std::string& value, const std::vector<std::string>& choices);
  /// What is named so.
  template <class Choice, std::size_t n>
  void choice(std::string_view key, Choice& value,
              const std::array<std::pair<const char*, Choice>, n>& choices) {
    std::string name;
    std::vector<std::string> names;
    for (const auto& [choice_name, choice] : choices) names.emplace_back(choice_name);
    this->choice(key, name, names);
    for (const auto& [choice_name, choice] : choices) {
      if (name == choice_name) value = choice;
    }
  }
  /// A key that somebody else reads.
  void ignore(std::string_view key);

  Result<void> finish() const;

 private:
  const Json* find(std::string_view key);
  void reject(std::string_view key, const Json& value, const std::string& expected);

  const Json& object_;
  std::string path_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

/// The "kind" of an object, which has to be one of `kinds`; the other keys are for the kind to read. The Error (usage) as of an
/// OptionsReader.
Result<std::string> read_kind(const Json& object, const std::vector<std::string>& kinds);

/// The one of `words` nearest to `word` by edit distance, if it is near enough to be what was meant; the
/// first among equals.
std::optional<std::string> closest_word(std::string_view word, const std::vector<std::string>& words);

}  // namespace throng
