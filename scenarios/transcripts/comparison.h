#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agents/metrics.h"
#include "recsys/data/dataset.h"
#include "scenarios/transcripts/transcript.h"

namespace throng {

/// What is compared: the first four on every labelled page, the interview score of every labelled agent.
enum class LabelField : std::uint8_t { aligned, viewed, ratings, decision, interview };
inline constexpr std::array<std::string_view, 5> kLabelFields{"aligned", "viewed", "ratings", "decision",
                                                              "interview"};

/// How often our reading equals the label.
struct Agreement {
  std::size_t agreeing = 0;
  std::size_t compared = 0;
};

/// A page (or interview) that deserves a look: our reading differs from the label, is incomplete, or rests on words alone.
struct PageInQuestion {
  std::size_t line = 0;  ///< of the file
  std::string agent;
  std::int64_t page = 0;  ///< 0: the interview
  /// Of kLabelFields; "problem": what a mind would tell the model; or "decision by words": there is no tag.
  std::string field;
  std::string parsed;             ///< the label, with titles in place of ids; empty without one
  std::string read;               ///< our reading, or the problem
  std::vector<std::string> text;  ///< the lines of the reply that state it
};

/// The reply parser against the labels of a transcripts file. Items count by their ids, ratings in the order of the page.
/// The decision is compared by its tag: "unclear" agrees with a reply without a tag, whatever its words say.
struct TranscriptComparison {
  std::size_t agents = 0;    ///< by name: one with several transcripts came several times
  std::size_t sessions = 0;  ///< transcripts
  std::size_t pages = 0;
  Agreement all_fields;  ///< pages on which every field agrees
  std::array<Agreement, kLabelFields.size()> fields;
  Agreement recorded;                  ///< pages on which `recorded_watched` equals what we read as viewed
  std::size_t complete_reactions = 0;  ///< pages that a mind could use as they are
  std::size_t choices_by_tag = 0;      ///< pages whose decision is a tag
  std::size_t choices_by_words = 0;    ///< pages whose decision only the words tell
  std::size_t interviews = 0;
  std::size_t complete_interviews = 0;
  std::size_t thoughts = 0;  ///< replies of which thinking was set apart
  std::vector<PageInQuestion> in_question;
  std::vector<PositionFigures> positions;  ///< of our reading
  std::vector<Metric> metrics;             ///< of our reading, over agents; s_sat over those with a score
};

/// Reads all of `transcripts`. Throws Failure(data) as TranscriptReader does, and if it holds no transcript.
TranscriptComparison compare_transcripts(TranscriptReader& transcripts, const Catalogue& catalogue);

}  // namespace throng
