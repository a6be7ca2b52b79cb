#include "engine/base/options_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"

namespace throng {
namespace {

std::string hint(std::string_view word, const std::vector<std::string>& words) {
  const std::optional<std::string> meant = closest_word(word, words);
  return meant ? fmt::format("; did you mean \"{}\"?", *meant) : "";
}

bool fits(const Json& value, Range<int> range) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT32_MAX) return false;
  const auto number = value.get<std::int64_t>();
  return number >= range.min && number <= range.max;
}

bool fits(const Json& value, Range<double> range) {
  return value.is_number() && value.get<double>() >= range.min && value.get<double>() <= range.max;
}

}  // namespace

std::optional<std::string> closest_word(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t longest = 100;  // nothing that is looked for comes near
  if (word.size() > longest) return std::nullopt;
  const std::size_t most = std::max<std::size_t>(1, (word.size() + 1) / 3);
  for (std::size_t edits = 0; edits <= most; ++edits) {
    const auto near = std::ranges::find_if(
        words, [&](const std::string& other) { return within_edits(word, other, edits); });
    if (near != words.end()) return *near;
  }
  return std::nullopt;
}

OptionsReader::OptionsReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object.is_object()) {
    error_ = Error{ErrorKind::usage,
                   fmt::format("{}: got {}, expected an object", path_.empty() ? "/" : path_, object.dump())};
  }
}

void OptionsReader::integer(std::string_view key, int& value, Range<int> range) {
  const Json* given = find(key);
  if (given == nullptr) return;
  if (!fits(*given, range)) {
    return reject(key, *given, fmt::format("an integer from {} to {}", range.min, range.max));
  }
  value = given->get<int>();
}

void OptionsReader::integers(std::string_view key, std::vector<int>& values, Range<int> range) {
  const Json* given = find(key);
  if (given == nullptr) return;
  const Json list = given->is_array() ? *given : Json::array({*given});
  std::vector<int> read;
  for (const Json& value : list) {
    if (fits(value, range) && (read.empty() || value.get<int>() > read.back()))
      read.push_back(value.get<int>());
  }
  if (read.empty() || read.size() != list.size()) {
    return reject(key, *given,
                  fmt::format("an integer from {} to {}, or several, ascending", range.min, range.max));
  }
  values = std::move(read);
}

void OptionsReader::numbers(std::string_view key, std::span<double> values, Range<double> range) {
  const Json* given = find(key);
  if (given == nullptr) return;
  const bool all_fit = given->is_array() && given->size() == values.size() &&
                       std::ranges::all_of(*given, [&](const Json& value) { return fits(value, range); });
  if (!all_fit) {
    return reject(key, *given, fmt::format("{} numbers from {} to {}", values.size(), range.min, range.max));
  }
  std::ranges::transform(*given, values.begin(), [](const Json& value) { return value.get<double>(); });
}

void OptionsReader::number_list(std::string_view key, std::vector<double>& values, Range<std::size_t> count,
                                Range<double> range) {
  const Json* given = find(key);
  if (given == nullptr) return;
  const bool count_fits =
      given->is_array() && (given->empty() || (given->size() >= count.min && given->size() <= count.max));
  if (!count_fits || !std::ranges::all_of(*given, [&](const Json& value) { return fits(value, range); })) {
    const std::string how_many =
        count.min == count.max ? fmt::format("{}", count.max) : fmt::format("{} to {}", count.min, count.max);
    return reject(key, *given,
                  fmt::format("an empty list or {} numbers from {} to {}", how_many, range.min, range.max));
  }
  values.clear();
  for (const Json& value : *given) values.push_back(value.get<double>());
}

void OptionsReader::number(std::string_view key, double& value, Range<double> range) {
  const Json* given = find(key);
  if (given == nullptr) return;
  if (!fits(*given, range)) {
    return reject(key, *given, fmt::format("a number from {} to {}", range.min, range.max));
  }
  value = given->get<double>();
}

void OptionsReader::boolean(std::string_view key, bool& value) {
  const Json* given = find(key);
  if (given == nullptr) return;
  if (!given->is_boolean()) return reject(key, *given, "true or false");
  value = given->get<bool>();
}

void OptionsReader::text(std::string_view key, std::string& value) {
  const Json* given = find(key);
  if (given == nullptr) return;
  if (!given->is_string()) return reject(key, *given, "a string");
  value = given->get<std::string>();
}

void OptionsReader::choice(std::string_view key, std::string& value,
                           const std::vector<std::string>& choices) {
  const Json* given = find(key);
  if (given == nullptr) return;
  if (!given->is_string() || std::ranges::find(choices, given->get<std::string>()) == choices.end()) {
    const std::string meant = given->is_string() ? hint(given->get<std::string>(), choices) : "";
    return reject(key, *given, fmt::format("one of {}{}", fmt::join(choices, ", "), meant));
  }
  value = given->get<std::string>();
}

void OptionsReader::ignore(std::string_view key) { known_.emplace_back(key); }

Result<void> OptionsReader::finish() const {
  if (error_) return *error_;
  for (const auto& [key, value] : object_.items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const std::string meant = hint(key, known_);
    return Error{ErrorKind::usage,
                 fmt::format("{}/{}: there is no such option{}", path_, key,  // its value may be a secret
                             meant.empty() ? fmt::format("; there are {}", fmt::join(known_, ", ")) : meant)};
  }
  return {};
}

const Json* OptionsReader::find(std::string_view key) {
  known_.emplace_back(key);
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

void OptionsReader::reject(std::string_view key, const Json& value, const std::string& expected) {
  if (error_) return;
  error_ =
      Error{ErrorKind::usage, fmt::format("{}/{}: got {}, expected {}", path_, key, value.dump(), expected)};
}

Result<std::string> read_kind(const Json& object, const std::vector<std::string>& kinds) {
  if (object.is_object() && !object.contains("kind"))
    return Error{ErrorKind::usage, fmt::format("/kind: missing, expected one of {}", fmt::join(kinds, ", "))};
  std::string kind;
  OptionsReader reader(object);
  reader.choice("kind", kind, kinds);
  for (const auto& [key, value] : object.items()) reader.ignore(key);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return kind;
}

}  // namespace throng
