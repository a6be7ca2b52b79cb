#include "llm/wire/embeddings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <fmt/format.h>

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "llm/wire/api_error.h"
#include "llm/wire/json_text.h"
#include "llm/wire/json_view.h"

namespace throng::llm {
namespace {

static_assert(std::endian::native == std::endian::little);  // vectors travel as little-endian floats

constexpr std::uint8_t kNoDigit = 64;

constexpr auto kBase64Digits = [] {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

/// Little-endian floats in base64, with or without padding. False if `text` is something else.
bool append_base64(std::string_view text, std::vector<float>& values) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  if (text.size() % 4 == 1 || text.size() * 3 / 4 % sizeof(float) != 0) return false;
  std::uint64_t bits = 0;  // the last bytes read, the newest lowest
  int bit_count = 0;
  std::uint32_t word = 0;
  int bytes = 0;
  for (const char c : text) {
    const std::uint8_t digit = kBase64Digits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit) return false;
    bits = bits << 6U | digit;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    word |= static_cast<std::uint32_t>(bits >> bit_count & 0xFFU) << (8 * bytes);
    if (++bytes < 4) continue;
    values.push_back(std::bit_cast<float>(word));
    word = 0;
    bytes = 0;
  }
  return true;
}

bool append_vector(JsonView vector, std::vector<float>& values) {
  const std::size_t before = values.size();
  for (const JsonView each : vector.items()) {
    const std::optional<double> number = each.number();
    if (!number) return false;
    values.push_back(static_cast<float>(*number));
  }
  if (!vector.is_array() && !(vector.is_string() && append_base64(vector.text(), values))) return false;
  return std::all_of(values.begin() + static_cast<std::ptrdiff_t>(before), values.end(),
                     [](float value) { return std::isfinite(value); });
}

/// Which of `data` belongs to each input; empty unless each input has exactly one.
std::vector<JsonView> by_index(JsonView data, std::size_t inputs) {
  std::vector<JsonView> vectors(inputs);
  std::size_t position = 0;
  for (const JsonView entry : data.items()) {
    const JsonView vector = entry["embedding"];
    const auto index =
        static_cast<std::size_t>(entry["index"].count().value_or(static_cast<std::int64_t>(position)));
    if (!vector || index >= inputs || std::exchange(vectors[index], vector)) return {};
    ++position;
  }
  return position == inputs ? vectors : std::vector<JsonView>();
}

}  // namespace

std::vector<std::string> logical_parts(const EmbeddingRequest& request, std::string text) {
  Json settings{{"model", request.model}};
  if (request.dimensions) settings["dimensions"] = *request.dimensions;
  return {settings.dump(-1, ' ', false, Json::error_handler_t::replace), std::move(text)};
}

EmbeddingRequest embedding_request_from(const std::string& settings) try {
  const Json json = Json::parse(settings);
  EmbeddingRequest request{.model = json.at("model").get<std::string>()};
  if (json.contains("dimensions")) request.dimensions = json["dimensions"].get<int>();
  return request;
} catch (const Json::exception& error) {
  throw Failure(ErrorKind::data, fmt::format("not a logical request: {}", error.what()));
}

std::string vector_text(std::span<const float> vector) {
  namespace iterators = boost::archive::iterators;
  using Digits =
      iterators::base64_from_binary<iterators::transform_width<std::vector<char>::const_iterator, 6, 8>>;
  const std::size_t size = vector.size_bytes();
  std::vector<char> bytes(size + (3 - size % 3) % 3);
  if (size > 0) std::memcpy(bytes.data(), vector.data(), size);
  std::string text(Digits(bytes.cbegin()), Digits(bytes.cend()));
  text.resize((size * 4 + 2) / 3);
  return text;
}

std::vector<float> vector_from(std::string_view text) {
  std::vector<float> vector;
  if (!append_base64(text, vector))
    throw Failure(ErrorKind::data, "not a vector: it is not floats in base64");
  return vector;
}

void encode_embeddings(const EmbeddingRequest& request, std::span<const std::string> inputs,
                       std::string& out) {
  append_json_string(out.append("{\"model\":"), request.model);
  out += ",\"input\":[";
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, inputs[i]);
  }
  out += ']';
  if (request.dimensions)
    append_json_number(out.append(",\"dimensions\":"), std::int64_t{*request.dimensions});
  out += request.encoding == EmbeddingEncoding::base64 ? ",\"encoding_format\":\"base64\"}"
                                                       : ",\"encoding_format\":\"float\"}";
}

Decoded<EmbeddingBatch> decode_embeddings(std::string_view body, std::size_t inputs, const Secrets& secrets) {
  const JsonDocument reply(body);
  if (std::optional<ApiError> error = error_in(reply.object(), secrets)) return std::move(*error);
  const JsonView data = reply.object()["data"];
  if (!data.is_array()) return unreadable_body(body, "data", secrets);

  const std::vector<JsonView> vectors = by_index(data, inputs);
  if (vectors.size() != inputs) return BrokenEnvelope{"not one embedding for each input"};
  EmbeddingBatch batch;
  for (std::size_t i = 0; i < inputs; ++i) {
    if (!append_vector(vectors[i], batch.values)) return BrokenEnvelope{"an embedding that is no vector"};
    if (i == 0) {
      batch.dimensions = batch.values.size();
      batch.values.reserve(batch.dimensions * inputs);
    }
    if (batch.dimensions == 0 || batch.values.size() != batch.dimensions * (i + 1))
      return BrokenEnvelope{"embeddings of different lengths"};
  }
  batch.model = to_valid_utf8(reply.object()["model"].text());
  if (const auto prompt = reply.object()["usage"]["prompt_tokens"].claimed_count())
    batch.usage = {.source = UsageSource::server, .prompt = *prompt};
  return batch;
}

}  // namespace throng::llm
