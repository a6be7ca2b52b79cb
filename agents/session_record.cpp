#include "agents/session_record.h"

#include <algorithm>
#include <array>

namespace throng {
namespace {

/// So many degraded pages in a row and the agent is abandoned.
constexpr std::size_t kDegradedInARow = 2;

constexpr std::array<const char*, 6> kSteps{"", "react", "decide", "reflect", "interview", "question"};
constexpr std::array<const char*, 9> kAbout{"",          "alignment", "feeling", "decision", "reflection",
                                            "interview", "taste",     "share",   "search"};

}  // namespace

const char* to_string(Step step) { return kSteps[static_cast<std::size_t>(step)]; }
const char* to_string(Saying::About about) { return kAbout[static_cast<std::size_t>(about)]; }

Step step_from(std::string_view text) {
  const auto found = std::find(kSteps.begin(), kSteps.end(), text);
  return found == kSteps.end() ? Step::react : static_cast<Step>(found - kSteps.begin());
}

Saying::About about_from(std::string_view text) {
  const auto found = std::find(kAbout.begin(), kAbout.end(), text);
  return found == kAbout.end() ? Saying::About::decision : static_cast<Saying::About>(found - kAbout.begin());
}

std::string words_beside(const PageRecord& page, std::size_t position) {
  const auto found = std::ranges::find(page.words, position, &WordsBeside::position);
  return found == page.words.end() ? "" : found->text;
}

bool SessionRecord::abandoned() const {
  return pages.size() >= kDegradedInARow &&
         std::all_of(pages.end() - kDegradedInARow, pages.end(),
                     [](const PageRecord& page) { return page.degraded(); });
}

}  // namespace throng
