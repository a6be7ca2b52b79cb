#include "engine/base/json.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"

namespace throng {
namespace {

struct Position {
  std::size_t line;
  std::size_t column;
};

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t line_start = before.rfind('\n');  // npos + 1 == 0
  return {.line = line, .column = before.size() - (line_start + 1) + 1};
}

/// nlohmann's message without its "[json.exception...]" and "parse error at line...:" prefix, and without the text that it
/// has last read, which may be a secret and whose position is told.
std::string_view reason_of(std::string_view message) {
  message = message.substr(0, message.find("; last read: '\""));
  const std::size_t syntax = message.find("syntax error");
  const std::size_t last_colon = message.find(": ");
  if (syntax != std::string_view::npos) return message.substr(syntax);
  if (last_colon != std::string_view::npos) return message.substr(last_colon + 2);
  const std::size_t bracket = message.find("] ");
  return bracket == std::string_view::npos ? message : message.substr(bracket + 2);
}

/// Refuses what JSON allows but we do not; see parse_json. A pass of its own before the document is built, because
/// nlohmann's callback looks through a whole array at the end of each object in it, and an object of our order-keeping
/// kind through all its keys for each key: both take time quadratic in what a hostile server sends.
class StrictReader : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    std::unordered_set<std::string>& keys = keys_.back();
    if (!keys.insert(name).second)
      refuse(fmt::format("the key {} stands twice in an object", Json(name).dump()));
    if (keys.size() > kMaxKeys) refuse(fmt::format("an object has more than {} keys", kMaxKeys));
    return true;
  }
  /// What does not parse is found anew, with its place, when the document is built.
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxKeys = 10'000;

  [[noreturn]] static void refuse(const std::string& why) { throw std::length_error(why); }

  bool open() {
    if (keys_.size() == kMaxDepth) refuse(fmt::format("more than {} levels", kMaxDepth));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::unordered_set<std::string>> keys_;  ///< of what is open; none in an array
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view source, ErrorKind kind) {
  try {
    StrictReader strict;
    Json::sax_parse(text, &strict);
    return {boost::system::in_place_value, Json::parse(text)};
  } catch (const Json::parse_error& error) {
    const Position at = position_at(text, error.byte == 0 ? 0 : error.byte - 1);
    return Error{kind, fmt::format("{}:{}:{}: not valid JSON: {}", source, at.line, at.column,
                                   reason_of(error.what()))};
  } catch (const std::length_error& error) {
    return Error{kind, fmt::format("{}: refused: {}", source, error.what())};
  } catch (const Json::exception& error) {  // such as a number that no double can hold
    return Error{kind, fmt::format("{}: not valid JSON: {}", source, reason_of(error.what()))};
  }
}

Json read_json(const std::filesystem::path& path, ErrorKind kind) {
  return parse_json(read_file(path, kind), path.string(), kind).value();
}

}  // namespace throng
