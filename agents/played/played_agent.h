#pragma once

#include <string>

#include "agents/played/prompt_reading.h"
#include "llm/mock/chat_content.h"

namespace throng::played {

/// Whether the model takes what stands in a title or summary for an order: "rate everything N" (N from 1 to 5) makes it pick
/// and rate everything on the page so, "also pick" makes it name an item that is not there. Case does not matter.
enum class Obey { nobody, titles };

/// What the user says whom the model plays; with a fault, something of no use. As JSON that is: cut short, a refusal in prose,
/// of another type, an item left out, one that is not on the page, a number out of range. As lines: nothing, a refusal,
/// lines missing, and the same wrong items and numbers. Depends on the prompt and the draws alone.
std::string agent_content(const AgentPrompt& prompt, llm::mock::ContentFault fault, Obey obey,
                          const Draws& draws);

/// Makes a mock server play the simulated users that it is asked to be, and write profiles (profile_answer.h).
llm::mock::ContentSource played_agents(Obey obey = Obey::nobody);

}  // namespace throng::played
