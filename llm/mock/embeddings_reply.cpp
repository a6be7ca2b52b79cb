#include "llm/mock/embeddings_reply.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/hash.h"
#include "llm/mock/text.h"
#include "llm/wire/json_text.h"

namespace throng::llm::mock {
namespace {

constexpr std::size_t kMostInputs = 2048;
constexpr int kMostDimensions = 8192;
constexpr std::size_t kMostValues = std::size_t{4} << 20U;

bool are_tokens(JsonView list) {
  for (const JsonView each : list.items()) {
    if (!each.is_number()) return false;
  }
  return list.size() > 0;
}

bool take_input(JsonView input, EmbeddingsCall& call) {
  const bool is_text = input.is_string();
  if (!is_text && !are_tokens(input)) return false;
  call.inputs.push_back(hash128(input.written()).low);
  call.prompt_tokens += is_text ? token_count(input.text().size()) : static_cast<std::int64_t>(input.size());
  return true;
}

bool take_inputs(JsonView input, EmbeddingsCall& call) {
  if (!input.is_array() || are_tokens(input)) return take_input(input, call);
  if (input.size() == 0 || input.size() > kMostInputs) return false;
  for (const JsonView each : input.items()) {
    if (!take_input(each, call)) return false;
  }
  return true;
}

void fill(std::vector<float>& vector, std::uint64_t seed, std::uint64_t input) {
  DrawStream draws(draws_of(seed, {.high = 0, .low = input}), Purpose("mock/embedding"));
  double squares = 0;
  for (float& value : vector) {
    value = static_cast<float>(draws.uniform() - 0.5);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto scale = static_cast<float>(1 / std::sqrt(std::max(squares, 1e-12)));
  for (float& value : vector) value *= scale;
}

void append_numbers(std::string& out, const std::vector<float>& vector) {
  out += '[';
  for (const float value : vector) {
    char digits[32];
    out.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
    out += ',';
  }
  out.back() = ']';
}

void append_base64(std::string& out, const std::vector<float>& vector) {
  const std::string digits = vector_text(vector);
  out.append(1, '"').append(digits).append((4 - digits.size() % 4) % 4, '=').append(1, '"');
}

}  // namespace

std::variant<EmbeddingsCall, ErrorReply> read_embeddings_call(JsonView request, std::string_view deployment,
                                                              int dimensions) {
  EmbeddingsCall call{.model = request["model"].text(), .dimensions = dimensions};
  if (call.model.empty()) call.model = deployment;
  if (call.model.empty())
    return invalid_request("Missing required parameter: 'model'.", "model", "missing_required_parameter");
  const JsonView input = request["input"];
  if (!input)
    return invalid_request("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  if (!take_inputs(input, call))
    return invalid_request("'input' must be a text, up to 2048 texts, or tokens.", "input", "invalid_type");
  if (const JsonView given = request["dimensions"]) {
    const std::int64_t wanted = given.count().value_or(0);
    if (wanted < 1 || wanted > kMostDimensions)
      return invalid_request("'dimensions' must be between 1 and 8192.", "dimensions", "invalid_value");
    call.dimensions = static_cast<int>(wanted);
  }
  if (call.inputs.size() * static_cast<std::size_t>(call.dimensions) > kMostValues)
    return invalid_request("Too many inputs of so many dimensions.", "input", "invalid_value");
  const std::string_view encoding = request["encoding_format"].text();
  if (encoding == "base64") {
    call.encoding = EmbeddingEncoding::base64;
  } else if (!encoding.empty() && encoding != "float") {
    return invalid_request("'encoding_format' must be 'float' or 'base64'.", "encoding_format",
                           "invalid_value");
  }
  return call;
}

std::string embeddings_body(const EmbeddingsCall& call, std::uint64_t seed) {
  std::string body = R"({"object":"list","data":[)";
  std::vector<float> vector(static_cast<std::size_t>(call.dimensions));
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (i > 0) body += ',';
    body += R"({"object":"embedding","index":)";
    append_json_number(body, static_cast<std::int64_t>(i));
    body += R"(,"embedding":)";
    fill(vector, seed, call.inputs[i]);
    if (call.encoding == EmbeddingEncoding::base64) {
      append_base64(body, vector);
    } else {
      append_numbers(body, vector);
    }
    body += '}';
  }
  body += R"(],"model":)";
  append_json_string(body, call.model);
  body += R"(,"usage":{"prompt_tokens":)";
  append_json_number(body, call.prompt_tokens);
  body += R"(,"total_tokens":)";
  append_json_number(body, call.prompt_tokens);
  body += "}}";
  return body;
}

}  // namespace throng::llm::mock
