#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <SQLiteCpp/Exception.h>

#include "agents/metrics.h"
#include "agents/observer.h"
#include "agents/taste.h"
#include "engine/base/error.h"

namespace throng {

/// A text for every agent: who plays it, such as "statistical" or the name of a language model; what it says of its taste, if
/// something was written.
using AgentText = std::function<std::string(AgentId)>;

/// What run.db keeps.
enum class Store {
  full,     ///< a row for everything that was shown and done
  summary,  ///< only what sums it up: windows, metrics, figures of rounds; no agents, sessions or items
};

/// Writes run.db (docs/run-folder.md). Not thread-safe. Rows of a whole batch of partitions are
/// committed in one transaction. Throws SQLite::Exception if SQLite fails: whoever runs a scenario tells a full disk from a
/// mistake.
class RunWriter {
 public:
  /// Creates the database; `file` must not exist.
  explicit RunWriter(const std::filesystem::path& file);
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  void write_meta(const std::string& key, const std::string& value);
  /// `mean_ratings`: displayed, per item of the dataset.
  void write_items(const Dataset& dataset, std::span<const float> mean_ratings);
  /// Those in [agents.first, agents.second).
  void write_agents(std::pair<AgentId, AgentId> agents, const Population& population, const Dataset& dataset,
                    const TasteSpace& space, const AgentText& persona_of, const AgentText& mind_of);
  void write_sessions(std::span<const SessionRecord> sessions);
  void write_window(const Window& window, const Hash128& digest);
  /// `of`: "recommended" or "viewed", the first word of the metrics' names.
  void write_figures(std::uint16_t round, const Exposures& exposures);
  void write_positions(std::uint16_t round, const PositionCounts& positions);
  /// The headline metrics of one of several rounds.
  void write_headline(std::uint16_t round, std::span<const Metric> metrics);
  void write_offline(std::uint16_t round, const Accuracy& accuracy);
  void write_metrics(std::span<const Metric> metrics);
  /// Makes everything written so far durable.
  void commit();
  /// Commits and leaves one file that can be read without write access to its folder. The last call.
  void finish();

 private:
  struct Statements;

  void add_session(const SessionRecord& session);
  void add_page(const SessionRecord& session, const PageRecord& page);
  void add_notes(const SessionRecord& session);

  std::unique_ptr<Statements> statements_;
};

/// Calls `write`, with Failure(stopped), which names the file, in place of SQLite's exceptions.
template <class Write>
auto writing(const std::filesystem::path& file, const Write& write) {
  try {
    return write();
  } catch (const SQLite::Exception& error) {
    throw Failure(ErrorKind::stopped, file.string() + " cannot be written: " + error.what());
  }
}

}  // namespace throng
