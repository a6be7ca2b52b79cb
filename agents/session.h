#pragma once

#include <cstdint>
#include <span>

#include "agents/minds/mind.h"
#include "agents/session_record.h"

namespace throng {

struct SessionOptions {
  std::uint16_t items_per_page = 4;
  std::uint16_t max_pages = 5;
};

/// Virtual time that a page takes: 20 s to look at it and 30 s for each viewed item.
Duration page_time(std::size_t viewed);
/// The longest that a session can last.
Duration longest_session(const SessionOptions& options);

/// What a session needs; everything outlives it.
struct SessionContext {
  const SessionOptions& options;
  const Profile& profile;
  std::span<const ItemId> ranking;      ///< best first, fixed for the session; it ends when the ranking does
  std::span<const float> mean_ratings;  ///< displayed, per item
  Mind& mind;
};

/// One visit of an agent: for each page react, remember and decide, reflect when enough has gathered, and
/// after the exit the interview. Fills `record` (whose agent and round are set), its digest included: the
/// digest of every event with its virtual time. `memory` is what the agent brings along and takes home.
Task<void> run_session(Actor& self, SessionContext context, Memory& memory, SessionRecord& record);

}  // namespace throng
