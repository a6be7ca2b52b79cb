#include "scenarios/causal/item_variables.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "scenarios/transcripts/session.h"

namespace throng {
namespace {

double quotient(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void observe(const PageRecord& page, Assignment assignment, std::vector<ObservedItem>& items) {
  for (const Impression& shown : page.impressions) ++items.at(index(shown.item)).exposures;
  std::size_t place = 0;
  for (const Action& action : page.actions) {
    if (action.kind != ActionKind::rate) continue;
    const ItemId rated =
        assignment == Assignment::stated ? page.item_of(action) : page.impressions[place++].item;
    ObservedItem& item = items.at(index(rated));
    ++item.views;
    item.ratings += action.value;
  }
}

}  // namespace

void observe(const SessionRecord& session, Assignment assignment, std::vector<ObservedItem>& items) {
  for (const PageRecord& page : session.pages) {
    if (!page.degraded() && !page.shows_results()) observe(page, assignment, items);
  }
}

std::vector<ObservedItem> observed_items(const RunReader& run, Assignment assignment) {
  if (run.meta("store") == "summary") {
    throw Failure(ErrorKind::data,
                  "the run keeps only a summary, not what each agent did: run it with --store full");
  }
  std::vector<ObservedItem> items;
  for (const ItemFigures& item : run.items())
    items.push_back({.id = item.external_id, .quality = item.mean_rating, .popularity = item.interactions});
  const RowStream<StoredAgent> agents = run.agents();
  while (const std::optional<StoredAgent> agent = agents()) {
    for (const SessionRecord& session : run.sessions(agent->agent)) observe(session, assignment, items);
  }
  return items;
}

std::vector<ObservedItem> observed_items(const std::filesystem::path& transcripts, const Dataset& dataset,
                                         Assignment assignment) {
  if (!dataset.catalogue.has_titles())
    throw Failure(ErrorKind::data, fmt::format("{} has no titles to find in replies", dataset.name));
  const std::vector<float> ratings = dataset.mean_ratings();
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  std::vector<ObservedItem> items;
  for (std::size_t i = 0; i < dataset.catalogue.size(); ++i) {
    items.push_back({.id = dataset.catalogue.items[i].external_id,
                     .quality = is_rated(ratings[i]) ? std::optional<double>(ratings[i]) : std::nullopt,
                     .popularity = counts[i]});
  }
  TranscriptReader reader(transcripts, dataset.catalogue);
  while (const std::optional<Transcript> transcript = reader.next())
    observe(session_of(*transcript, dataset.catalogue, ratings), assignment, items);
  return items;
}

std::span<const ItemVariable> item_variables() {
  using Value = std::optional<double>;
  static constexpr ItemVariable variables[] = {
      {"quality", "mean rating in the dataset",
       [](const ObservedItem& item) -> Value { return item.quality; }},
      {"popularity", "interactions in the dataset",
       [](const ObservedItem& item) -> Value { return static_cast<double>(item.popularity); }},
      {"exposure", "times shown",
       [](const ObservedItem& item) -> Value { return static_cast<double>(item.exposures); }},
      {"views", "times viewed",
       [](const ObservedItem& item) -> Value { return static_cast<double>(item.views); }},
      {"view_share", "views / times shown",
       [](const ObservedItem& item) -> Value {
         return item.exposures > 0 ? Value(quotient(item.views, item.exposures)) : std::nullopt;
       }},
      {"rating", "mean rating that agents gave",
       [](const ObservedItem& item) -> Value {
         return item.views > 0 ? Value(quotient(item.ratings, item.views)) : std::nullopt;
       }},
  };
  return variables;
}

const ItemVariable* variable_named(std::string_view name) {
  const auto found = std::ranges::find(item_variables(), name, &ItemVariable::name);
  return found == item_variables().end() ? nullptr : &*found;
}

}  // namespace throng
