#pragma once

#include <string>

#include "engine/base/json.h"
#include "scenarios/transcripts/comparison.h"

namespace throng {

/// What `throng transcripts` prints.
std::string transcripts_table(const TranscriptComparison& comparison);
/// The pages in question, one after the other.
std::string pages_in_question_text(const TranscriptComparison& comparison);

/// What `throng transcripts --json` prints, without "disagreements": counts of agreeing pages (for "interview" of agents)
/// by field, and in "compared" out of how many.
Json transcripts_json(const TranscriptComparison& comparison);
/// The value of "disagreements".
Json pages_in_question_json(const TranscriptComparison& comparison);

}  // namespace throng
