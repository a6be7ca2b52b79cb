#pragma once

#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/sim/external.h"
#include "llm/wire/messages.h"

namespace throng::testing {

/// Plays agents of the `structured` protocol: what it says of an item depends on the words of the request alone, so it
/// is the same whenever and in whatever order it is asked.
class ToyLanguageModel {
 public:
  /// The completion to a logical request, as a journal keeps it.
  std::string reply(std::span<const std::string> parts) {
    const llm::ChatRequest request = reader_.read(parts);
    llm::Completion completion{.text = text_for(request), .finish = llm::FinishReason::stop};
    completion.usage = {.source = llm::UsageSource::server,
                        .prompt = static_cast<std::int64_t>(request.messages.back().content.size() / 4),
                        .completion = static_cast<std::int64_t>(completion.text.size() / 4)};
    return llm::completion_text(completion);
  }

 private:
  static std::string text_for(const llm::ChatRequest& request) {
    const Json properties = Json::parse(request.schema->json())["properties"];
    const std::uint64_t dice = request_hash(llm::logical_parts(request)).low;
    if (properties.contains("score")) {
      return Json{{"score", 1 + dice % 10}, {"reason", "as I said"}}.dump();
    }
    Json items = properties["items"]["properties"];
    for (auto& [number, item] : items.items()) {
      const std::uint64_t bits = dice >> (8 * std::stoull(number) - 8);
      const bool aligned = (bits & 1U) != 0;
      item = {{"aligned", aligned}, {"reason", aligned ? "my taste" : "not my taste"}, {"view", nullptr}};
      if (aligned) item["view"] = {{"rating", 1 + (bits >> 1U) % 5}, {"feeling", "pleased"}};
    }
    Json reply = {{"items", items},
                  {"satisfaction", 6},
                  {"fatigue", 2},
                  {"decision", dice % 3 == 0 ? "exit" : "next"},
                  {"reason", "so it is"}};
    if (properties.contains("reflection"))
      reply["reflection"] = {{"satisfaction", 5}, {"reason", "all in all"}, {"taste", "this and that"}};
    return reply.dump();
  }

  llm::LogicalRequestReader reader_;
};

}  // namespace throng::testing
