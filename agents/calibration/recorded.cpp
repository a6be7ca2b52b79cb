#include "agents/calibration/recorded.h"

#include <algorithm>

#include "engine/base/hash.h"

namespace throng {
namespace {

std::vector<RememberedItem> remembered(const PageRecord& page) {
  std::vector<RememberedItem> items;
  std::span<const Action> actions = page.actions;
  for (std::size_t i = 0; i < page.impressions.size(); ++i)
    items.push_back({.item = page.impressions[i].item, .done = take_values(actions, i + 1)});
  return items;
}

class Recording {
 public:
  Recording(const Profile& profile, const RecordedWorld& world) : profile_(profile), world_(world) {}

  RecordedSession session(const std::string& agent, const SessionRecord& record) {
    RecordedSession session{
        .agent = agent, .traits = profile_.traits, .habit = world_.habits.of(profile_.user)};
    for (const PageRecord& page : record.pages) {
      if (!page.degraded()) session.pages.push_back(this->page(record, page));
    }
    session.satisfaction = remembered_satisfaction(world_.parameters, memory_);
    if (record.interview) session.score = record.interview->score;
    return session;
  }

 private:
  RecordedPage page(const SessionRecord& session, const PageRecord& record) {
    RecordedPage page{.page = record.page};
    double ratings = 0;
    std::vector<ItemId> items;
    for (const Impression& shown : record.impressions) items.push_back(shown.item);
    std::vector<double> affinities(items.size());
    world_.affinity.of(session.agent, profile_, items, affinities);
    for (std::size_t i = 0; i < record.impressions.size(); ++i) {
      page.items.push_back(
          item(record.impressions[i], affinities[i], value_of(record.actions, i + 1, ActionKind::rate)));
      ratings += page.items.back().rating;
    }
    memory_.remember(
        {.satisfaction = page_satisfaction(world_.parameters, page.viewed(), page.items.size(), ratings),
         .round = session.round,
         .page = record.page},
        remembered(record));
    page.satisfaction = remembered_satisfaction(world_.parameters, memory_);
    if (record.page < world_.max_pages) page.exits = record.decision->exits;
    if (const std::optional<Reflection> reflection = reflection_after(world_.parameters, memory_))
      memory_.remember(*reflection);
    return page;
  }

  RecordedItem item(const Impression& shown, double affinity, std::uint8_t rating) const {
    return {.affinity = affinity,
            .quality = world_.merits.quality(shown.item, shown.mean_rating),
            .familiarity = world_.merits.familiarity(shown.item),
            .historical_rating = static_cast<double>(shown.mean_rating),
            .aligned = shown.aligned,
            .rating = rating};
  }

  const Profile& profile_;
  const RecordedWorld& world_;
  Memory memory_;
};

}  // namespace

std::size_t RecordedPage::aligned() const {
  return static_cast<std::size_t>(std::ranges::count_if(items, &RecordedItem::aligned));
}

std::size_t RecordedPage::viewed() const {
  return static_cast<std::size_t>(std::ranges::count_if(items, &RecordedItem::viewed));
}

bool RecordedPage::fits_formulas() const {
  return std::ranges::all_of(items, [](const RecordedItem& item) { return item.aligned || !item.viewed(); });
}

std::vector<RecordedSession> recorded_sessions(const std::string& agent, const Profile& profile,
                                               std::span<const SessionRecord> sessions,
                                               const RecordedWorld& world) {
  Recording recording(profile, world);
  std::vector<RecordedSession> recorded;
  for (const SessionRecord& session : sessions) recorded.push_back(recording.session(agent, session));
  return recorded;
}

bool is_held_out(const std::string& agent, double share) {
  return static_cast<double>(hash128(agent).high >> 11U) * 0x1.0p-53 < share;
}

}  // namespace throng
