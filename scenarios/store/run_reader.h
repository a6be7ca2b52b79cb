#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/metrics.h"

namespace throng {

/// An agent as run.db describes it.
struct StoredAgent {
  AgentId agent{};
  std::string external_id;
  bool perturbed = false;
  TraitGroups traits;
  std::string favourite_genres;  ///< joined by '|'
  std::string persona;
};

/// An item as run.db describes it.
struct StoredItem {
  std::string title;   ///< the external id if it has none
  std::string genres;  ///< joined by '|'
};

/// Reads run.db. Everything comes in the order of agents, rounds, pages and positions. Throws Failure(data)
/// if the folder holds no run, or not one of this version.
class RunReader {
 public:
  explicit RunReader(const std::filesystem::path& run_folder);
  ~RunReader();
  RunReader(const RunReader&) = delete;
  RunReader& operator=(const RunReader&) = delete;

  /// Empty if there is no such key.
  std::string meta(const std::string& key) const;
  std::vector<Outcome> outcomes() const;
  /// The headline metrics as the run wrote them; empty before it has finished.
  std::vector<Metric> metrics() const;
  std::vector<TraitGroups> traits() const;  ///< of every agent, in agent order
  /// How often the ratings 1 to 5 were given.
  std::array<std::size_t, 5> rating_counts() const;
  std::optional<StoredAgent> agent(AgentId agent) const;
  std::vector<SessionRecord> sessions(AgentId agent) const;
  StoredItem item(ItemId item) const;

 private:
  struct Connection;

  SessionRecord session(AgentId agent, std::uint16_t round) const;
  std::unique_ptr<Connection> connection_;
};

}  // namespace throng
