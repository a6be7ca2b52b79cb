#pragma once

#include <cstdint>
#include <span>

#include "agents/minds/mind.h"
#include "agents/pages/catalogue_search.h"
#include "agents/session_record.h"

namespace throng {

/// Virtual time that a page takes: 20 s to look at it and 30 s for each viewed item.
Duration page_time(std::size_t viewed);
/// The longest that a session can last.
Duration longest_session(const SessionOptions& options);

/// What a session needs; everything outlives it.
struct SessionContext {
  const SessionOptions& options;
  const Profile& profile;
  std::span<const ShownItem> items;  ///< what the pages show, in their order; the session ends when they do
  Mind& mind;
  /// Where agents may search; null: nothing is found.
  const CatalogueSearch* catalogue = nullptr;
  std::span<const float> mean_ratings{};                    ///< displayed beside what is found, per item
  std::span<const std::span<const ItemId>> not_found = {};  ///< what a search does not bring, each ascending
  std::span<const InterviewQuestion* const> questions{};    ///< asked after the interview
  const Interactions* hidden = nullptr;  ///< users x items: see Impression; nullptr: not known
};

/// One visit of an agent: for each page react, remember and decide, reflect when the mind does, forget what memory has no
/// room for, and after the exit the interview and the questions. A page after a search shows what the catalogue has of it, but for what the
/// session has shown, and the ranking goes on with the page after it, without what was found; if there is nothing the ranking goes on at
/// once. Fills `record` (whose agent and round are set), its digest included: the
/// digest of every event with its virtual time. `memory` is what the agent brings along and takes home.
Task<void> run_session(Actor& self, const SessionContext& context, Memory& memory, SessionRecord& record);

/// Remembers a session that is over, as `run_session` did: `memory` is what the agent brought along.
void remember_session(const SessionRecord& session, const SessionOptions& options, Memory& memory);

}  // namespace throng
