#include "llm/wire/reasoning.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/text.h"

namespace throng::llm {
namespace {

struct ThinkingTags {
  std::string_view open;
  std::string_view close;
  bool alone = true;  ///< the closing one is known for what it is without the other
};

/// From the models' cards and chat templates, and the reasoning parsers of vLLM and SGLang. Found in any case.
constexpr auto kTags = std::to_array<ThinkingTags>({
    {"<think>", "</think>"},  // DeepSeek R1, Qwen 3, GLM, Hunyuan, MiniMax, Phi 4, Nemotron
    {"<thinking>", "</thinking>"},
    {"<thought>", "</thought>"},  // EXAONE Deep, Gemini's compatible API
    {"<thoughts>", "</thoughts>"},
    {"<reasoning>", "</reasoning>"},
    {"<analysis>", "</analysis>"},
    {"<scratchpad>", "</scratchpad>"},
    {"<antthinking>", "</antthinking>"},
    {"<seed:think>", "</seed:think>"},                                  // Seed-OSS
    {"<longcat_think>", "</longcat_think>"},                            // LongCat
    {"[THINK]", "[/THINK]"},                                            // Magistral
    {"<|START_THINKING|>", "<|END_THINKING|>"},                         // Command A Reasoning
    {"<|begin_of_thought|>", "<|end_of_thought|>"},                     // OpenThinker, Sky-T1
    {"<|think_start|>", "<|think_end|>"},                               // K2 Think and others
    {"\u25c1think\u25b7", "\u25c1/think\u25b7"},                        // Kimi VL
    {"<unused94>", "<unused95>"},                                       // MedGemma
    {"<|channel>thought", "<channel|>", false},                         // Gemma 4
    {"Here is my thought process:", "Here is my response:", false},     // Granite 3.2
    {"Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]", false},  // Apriel
});

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool same(char a, char b) { return lower(a) == lower(b); }

bool starts_with(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && std::equal(with.begin(), with.end(), text.begin(), same);
}

std::size_t find(std::string_view text, std::string_view what) {
  const auto* const at = std::search(text.begin(), text.end(), what.begin(), what.end(), same);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

struct Split {
  std::string_view text;
  std::string_view reasoning;
};

/// OpenAI's Harmony format (gpt-oss) as it comes from a server that does not read it, with its special tokens or without.
std::optional<Split> split_harmony(std::string_view text) {
  constexpr std::string_view kChannel = "<|channel|>";
  constexpr std::string_view kFinal = "<|channel|>final";
  constexpr std::string_view kMessage = "<|message|>";
  constexpr std::string_view kBareAnalysis = "analysis";
  constexpr std::string_view kBareFinal = "assistantfinal";
  if (const std::size_t final = text.rfind(kFinal); final != std::string_view::npos) {
    const std::size_t message = text.find(kMessage, final);
    if (message == std::string_view::npos) return std::nullopt;
    std::string_view said = text.substr(message + kMessage.size());
    for (const std::string_view end : {"<|return|>", "<|end|>", "<|call|>"})
      said = said.substr(0, said.find(end));
    return Split{said, text.substr(0, final)};
  }
  if (text.starts_with(kChannel)) return Split{"", text};
  if (!text.starts_with(kBareAnalysis)) return std::nullopt;
  const std::size_t final = text.rfind(kBareFinal);
  if (final == std::string_view::npos) return std::nullopt;
  return Split{text.substr(final + kBareFinal.size()),
               text.substr(kBareAnalysis.size(), final - kBareAnalysis.size())};
}

/// Where thinking ends whose beginning was in the prompt.
std::optional<Split> split_at_closing_tag(std::string_view text) {
  if (text.front() == '{' || text.front() == '[') return std::nullopt;
  constexpr std::string_view kFirstBytes = "<[\xE2";  // of all closing tags: this text is searched once
  for (std::size_t at = text.find_first_of(kFirstBytes); at != std::string_view::npos;
       at = text.find_first_of(kFirstBytes, at + 1)) {
    for (const ThinkingTags& tags : kTags) {
      if (tags.alone && starts_with(text.substr(at), tags.close))
        return Split{text.substr(at + tags.close.size()), text.substr(0, at)};
    }
  }
  return std::nullopt;
}

std::optional<Split> split_first(std::string_view text) {
  for (const ThinkingTags& tags : kTags) {
    if (!starts_with(text, tags.open)) continue;
    const std::string_view rest = text.substr(tags.open.size());
    const std::size_t close = find(rest, tags.close);
    if (close == std::string_view::npos) return Split{"", rest};
    return Split{rest.substr(close + tags.close.size()), rest.substr(0, close)};
  }
  return std::nullopt;
}

}  // namespace

SplitText split_reasoning(std::string text) {
  std::string_view rest = trimmed(text);
  if (rest.empty()) return {.text = std::move(text), .reasoning = ""};
  SplitText split;
  bool found = false;
  const auto take = [&](const Split& parts) {
    found = true;
    rest = trimmed(parts.text);
    const std::string_view thought = trimmed(parts.reasoning);
    if (!split.reasoning.empty() && !thought.empty()) split.reasoning += '\n';
    split.reasoning += thought;
  };
  if (const auto parts = split_harmony(rest)) take(*parts);
  while (!rest.empty()) {
    const auto parts = split_first(rest);
    if (!parts) break;
    take(*parts);
  }
  if (!found) {
    if (const auto parts = split_at_closing_tag(rest)) take(*parts);
  }
  if (!found) return {.text = std::move(text), .reasoning = ""};
  split.text = std::string(rest);
  return split;
}

}  // namespace throng::llm
