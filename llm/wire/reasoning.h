#pragma once

#include <string>

namespace throng::llm {

struct SplitText {
  std::string text;
  std::string reasoning;

  bool operator==(const SplitText&) const = default;
};

/// Sets apart what a model thought aloud at the start of its text: `<think>...</think>` or another model's tags for
/// it (see the table in reasoning.cpp), or everything if the tag is never closed. A closing tag alone counts too
/// (chat templates may open it in the prompt), unless the text begins like JSON. Of OpenAI's Harmony format the last
/// final message is the text. Tags further on are text. Without reasoning the text stays byte for byte, else the
/// blanks around both are dropped.
SplitText split_reasoning(std::string text);

}  // namespace throng::llm
