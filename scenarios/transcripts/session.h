#pragma once

#include <span>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/session_record.h"
#include "scenarios/transcripts/transcript.h"

namespace throng {

/// What is read in the reaction to the page, with the reader of the `agent4rec` protocol.
PageReading read_reaction(const TranscriptPage& page, const Catalogue& catalogue);

/// The transcript as a session of a run: what a reply does not say of alignment, its ratings do; where neither tag nor words decide,
/// the agent left after its last page. `mean_ratings`: displayed, per item. The agent is not filled in.
SessionRecord session_of(const Transcript& transcript, const Catalogue& catalogue,
                         std::span<const float> mean_ratings);

}  // namespace throng
