#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>

#include "scenarios/store/run_reader.h"

namespace throng {

/// Writes every call of a language model, a JSON object per line, by agent and in the order in which it asked; returns how many.
/// Each has `agent`, `call` (of the agent, from 1), what decided the reply (`model`, `temperature`, `seed`, `max_tokens`, `schema`
/// where there is one), `messages` (each `role` and `content`), `reply`, where there was one `reasoning` and `refusal`, and
/// `endpoint`, `attempts`, `prompt_tokens`, `cached_tokens`, `completion_tokens`, `usd`. Throws Failure(usage) if the run has no
/// journal or kept nothing of its agents, Failure(data) if it is damaged.
std::size_t export_calls(const std::filesystem::path& run_folder, std::ostream& out);

/// Writes what agents did in the format that TranscriptReader reads, a line per session (`round` beside the agent), and returns how
/// many. What the run counts nowhere is left out: degraded pages and agents that were abandoned. `parsed` is what the run made of the
/// replies. The texts are the replies themselves where they are of the `agent4rec` protocol; of other protocols and of statistical agents
/// they are told in its words (`told` is true). Throws as above, but for a run that asked no language model.
std::size_t export_transcripts(const std::filesystem::path& run_folder, std::ostream& out);

}  // namespace throng
