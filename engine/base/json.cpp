#include "engine/base/json.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
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

/// nlohmann's message without its "[json.exception...]" and "parse error at line...:" prefix.
std::string_view reason_of(std::string_view message) {
  const std::size_t syntax = message.find("syntax error");
  const std::size_t last_colon = message.find(": ");
  if (syntax != std::string_view::npos) return message.substr(syntax);
  if (last_colon != std::string_view::npos) return message.substr(last_colon + 2);
  const std::size_t bracket = message.find("] ");
  return bracket == std::string_view::npos ? message : message.substr(bracket + 2);
}

/// Refuses what JSON allows but we do not; see parse_json.
class StrictReader {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > kMaxDepth) throw std::length_error(fmt::format("more than {} levels", kMaxDepth));
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event != Json::parse_event_t::key) return true;
    if (!keys_.back().insert(parsed.get<std::string>()).second)
      throw std::length_error(fmt::format("the key {} stands twice in an object", parsed.dump()));
    if (keys_.back().size() > kMostKeys)
      throw std::length_error(fmt::format("an object has more than {} keys", kMostKeys));
    return true;
  }

 private:
  static constexpr int kMaxDepth = 64;
  static constexpr std::size_t kMostKeys = 10000;
  std::vector<std::set<std::string>> keys_;  ///< of the objects that are open
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view source, ErrorKind kind) {
  try {
    return {boost::system::in_place_value, Json::parse(text, StrictReader())};
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
