#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// What somebody else read in the replies to a page.
struct PageLabel {
  std::vector<std::string> aligned;  ///< item ids of the dataset
  std::vector<std::string> viewed;   ///< item ids of the dataset
  std::vector<double> ratings;       ///< parallel to `viewed`
  std::string decision;              ///< "next", "exit", or "unclear": there is no tag
};

struct TranscriptPage {
  std::int64_t page = 0;
  std::string reaction;
  std::string decision;
  std::vector<ItemId> recommended;
  std::optional<PageLabel> label;
  std::optional<std::vector<std::string>> recorded_watched;  ///< item ids of the dataset
};

/// What a language model answered as one agent of the `agent4rec` protocol, without what it thought aloud before
/// (llm/wire/reasoning.h).
struct Transcript {
  std::size_t line = 0;  ///< of the file, from 1
  std::string agent;
  std::vector<TranscriptPage> pages;
  std::optional<std::string> interview;
  std::optional<int> interview_score;  ///< as somebody else read it
  std::size_t thoughts = 0;            ///< replies of which thinking was set apart, as in a run
};

/// Reads a file with a JSON object per line (scenarios/schema/transcript.schema.json), one line at a time.
class TranscriptReader {
 public:
  /// `catalogue` must outlive the reader. Throws Failure(data) naming the file if it cannot be read.
  TranscriptReader(const std::filesystem::path& file, const Catalogue& catalogue);
  ~TranscriptReader();

  /// The next transcript; none at the end. Throws Failure(data) naming file, line, JSON path and what was expected.
  std::optional<Transcript> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace throng
