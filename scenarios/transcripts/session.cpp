#include "scenarios/transcripts/session.h"

#include <algorithm>
#include <string>
#include <vector>

namespace throng {
namespace {

PageRecord record_of(const TranscriptPage& page, const Catalogue& catalogue,
                     std::span<const float> mean_ratings, bool is_last) {
  const PageReading reading = read_reaction(page, catalogue);
  PageRecord record{.page = static_cast<std::uint16_t>(page.page)};
  for (std::size_t i = 0; i < page.recommended.size(); ++i) {
    const ItemReading& item = reading.items[i];
    record.impressions.push_back({.item = page.recommended[i],
                                  .mean_rating = mean_ratings[index(page.recommended[i])],
                                  .aligned = item.aligned.value_or(item.rating.has_value())});
    if (!item.rating) continue;
    const auto rating = static_cast<std::uint8_t>(*item.rating);
    add_view(record.actions, i + 1, rating, static_cast<Feeling>(rating));
  }
  const std::optional<PageChoice> choice = read_decision(page.decision, kAllActions).choice;
  record.decision = Decision{.exits = choice ? *choice == PageChoice::exit : is_last};
  return record;
}

}  // namespace

PageReading read_reaction(const TranscriptPage& page, const Catalogue& catalogue) {
  std::vector<std::string> titles;
  for (const ItemId item : page.recommended) titles.push_back(catalogue[item].title);
  return read_reaction(page.reaction, titles);
}

SessionRecord session_of(const Transcript& transcript, const Catalogue& catalogue,
                         std::span<const float> mean_ratings) {
  SessionRecord session;
  for (const TranscriptPage& page : transcript.pages)
    session.pages.push_back(record_of(page, catalogue, mean_ratings, &page == &transcript.pages.back()));
  std::optional<int> score = transcript.interview_score;
  if (transcript.interview) {
    if (const std::optional<int> read = read_interview(*transcript.interview).score) score = read;
  }
  if (score) session.interview = Interview{.score = static_cast<std::uint8_t>(std::clamp(*score, 1, 10))};
  return session;
}

}  // namespace throng
