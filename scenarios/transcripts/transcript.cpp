#include "scenarios/transcripts/transcript.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "embedded/transcript_schema.h"
#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "llm/wire/reasoning.h"
#include "recsys/data/external_ids.h"
#include "recsys/text/text.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

const Json& transcript_schema() {
  static const Json schema =
      parse_json(embedded::transcript_schema, "transcript.schema.json", ErrorKind::unexpected).value();
  return schema;
}

/// The value of a key that may be absent or null.
const Json* given(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string id_text(const Json& id) { return id.is_string() ? id.get<std::string>() : id.dump(); }

std::vector<std::string> id_texts(const Json& ids) {
  std::vector<std::string> texts;
  for (const Json& id : ids) texts.push_back(id_text(id));
  return texts;
}

/// A reply without the thinking in front of it, which is counted.
std::string answer_in(const Json& reply, std::size_t& thoughts) {
  llm::SplitText split = llm::split_reasoning(reply.get<std::string>());
  thoughts += split.reasoning.empty() ? 0 : 1;
  return std::move(split.text);
}

PageLabel label_from(const Json& json, const std::string& where) {
  PageLabel label{.aligned = id_texts(json["aligned"]),
                  .viewed = id_texts(json["viewed"]),
                  .ratings = json["ratings"].get<std::vector<double>>(),
                  .decision = json["decision"].get<std::string>()};
  if (label.ratings.size() != label.viewed.size()) {
    throw Failure(ErrorKind::data,
                  fmt::format("{}/ratings: expected one for each of the {} viewed items, found {}", where,
                              label.viewed.size(), label.ratings.size()));
  }
  return label;
}

}  // namespace

struct TranscriptReader::State {
  MappedFile file;
  LineReader lines;
  std::string name;
  ExternalIds items;

  std::vector<ItemId> items_from(const Json& ids, const std::string& where) const {
    std::vector<ItemId> found;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string id = id_text(ids[i]);
      const auto position = items.find(id);
      if (!position) {
        throw Failure(ErrorKind::data,
                      fmt::format("{}/{}: the dataset has no item {}", where, i, excerpt(id)));
      }
      found.push_back(ItemId(*position));
    }
    return found;
  }

  TranscriptPage page_from(const Json& json, std::size_t index, const std::string& where,
                           std::size_t& thoughts) const {
    TranscriptPage page{.page = static_cast<std::int64_t>(index) + 1,
                        .reaction = answer_in(json["reaction"], thoughts),
                        .decision = answer_in(json["decision"], thoughts),
                        .recommended = items_from(json["recommended"], where + "/recommended")};
    if (const Json* number = given(json, "page")) page.page = number->get<std::int64_t>();
    if (const Json* label = given(json, "parsed")) page.label = label_from(*label, where + "/parsed");
    if (const Json* recorded = given(json, "recorded_watched")) page.recorded_watched = id_texts(*recorded);
    return page;
  }
};

TranscriptReader::TranscriptReader(const std::filesystem::path& file, const Catalogue& catalogue)
    : state_(
          new State{.file = MappedFile(file), .lines = LineReader({}), .name = file.string(), .items = {}}) {
  state_->lines = LineReader(state_->file.text());
  for (const Item& item : catalogue.items) state_->items.add(item.external_id);
}

TranscriptReader::~TranscriptReader() = default;

std::optional<Transcript> TranscriptReader::next() {
  if (!state_->lines.next()) return std::nullopt;
  const std::string where = fmt::format("{}:{}", state_->name, state_->lines.number());
  const Json json = parse_json(state_->lines.line(), where, ErrorKind::data).value();
  const std::vector<std::string> faults = schema_faults(json, transcript_schema());
  if (!faults.empty()) {
    constexpr std::size_t longest = 300;
    throw Failure(ErrorKind::data, fmt::format("{}: {}", where, faults.front().substr(0, longest)));
  }
  Transcript transcript{.line = state_->lines.number(), .agent = id_text(json["agent"])};
  for (std::size_t i = 0; i < json["pages"].size(); ++i) {
    transcript.pages.push_back(
        state_->page_from(json["pages"][i], i, fmt::format("{}: /pages/{}", where, i), transcript.thoughts));
  }
  if (const Json* interview = given(json, "interview"))
    transcript.interview = answer_in(*interview, transcript.thoughts);
  if (const Json* score = given(json, "interview_score")) transcript.interview_score = score->get<int>();
  return transcript;
}

}  // namespace throng
