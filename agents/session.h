#pragma once

#include <cstdint>
#include <span>

#include "agents/minds/mind.h"
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
};

/// One visit of an agent: for each page react, remember and decide, reflect when the mind does, forget what memory has no
/// room for, and after the exit the interview. Fills `record` (whose agent and round are set), its digest included: the
/// digest of every event with its virtual time. `memory` is what the agent brings along and takes home.
Task<void> run_session(Actor& self, SessionContext context, Memory& memory, SessionRecord& record);

}  // namespace throng
