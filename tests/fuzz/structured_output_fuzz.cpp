// Content of any kind is a value or a mismatch with a short message.
#include <cstdint>
#include <cstdlib>

#include "llm/wire/reasoning.h"
#include "llm/wire/structured_output.h"

namespace {

constexpr const char* kSchema = R"({
  "type": "object", "required": ["items"], "additionalProperties": false,
  "properties": {
    "items": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"$ref": "#/$defs/item"}},
    "mood": {"enum": ["good", "bad", 1, null]},
    "more": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "number", "multipleOf": 0.5}]},
    "open": {"type": "object", "additionalProperties": {"type": "boolean"}, "propertyNames": {"maxLength": 4}}
  },
  "$defs": {"item": {"type": "object", "required": ["rating"], "dependencies": {"a": ["b"]},
                     "properties": {"rating": {"type": "integer", "minimum": 1, "maximum": 5}}}}
})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throng;
  static const auto schema = llm::OutputSchema::compile("fuzz", Json::parse(kSchema)).value();
  const llm::SplitText split = llm::split_reasoning(std::string(data, data + size));
  const auto checked = schema->check(split.text);
  if (const auto* mismatch = std::get_if<llm::OutputMismatch>(&checked)) {
    if (!Json::accept(Json(mismatch->message()).dump())) std::abort();  // throws on invalid UTF-8
  }
  return 0;
}
