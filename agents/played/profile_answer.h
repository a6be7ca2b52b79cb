#pragma once

#include <optional>

#include "llm/mock/chat_content.h"

namespace throng::played {

/// Answers who a user is, or what an item is (agents/profile/prompts), from nothing but the prompt; nothing if it is another kind
/// of prompt. It reads lines `- "title" | "genres" | rated 4` below HISTORY, and the line below ITEM.
///   a user   up to four genres that it met most, weighted by the ratings above 2.5, each with the best rated title that has it as
///            the reason; without genres the first titles. Rates high: the first genre; low: that of the lowest mean, below 3
///   an item  known with a probability of 0.9, by the draws; the summary names its genres
/// With a fault: cut short, a refusal, of another type, or without a taste.
std::optional<llm::mock::SourcedContent> profile_content(const llm::mock::ChatCall& call);

}  // namespace throng::played
