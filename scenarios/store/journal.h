#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/sim/external.h"

namespace throng {

/// A reply from outside the simulation and what it took.
struct JournaledReply {
  std::string reply;
  std::string endpoint;  ///< who answered
  std::string model;     ///< as the endpoint is asked for it; "" for a ranking
  int attempts = 1;
  std::int64_t prompt_tokens = 0;
  std::int64_t cached_tokens = 0;  ///< of the prompt tokens
  std::int64_t completion_tokens = 0;
  double usd = 0;
};

/// A call with all that was asked.
struct JournaledCall {
  CallKey key;
  RequestKind kind = RequestKind::completion;
  std::vector<std::string> parts;
  JournaledReply reply;
};

/// What all calls of a model at one endpoint took together.
struct JournalTotals {
  RequestKind kind = RequestKind::completion;
  std::string endpoint;
  std::string model;
  std::int64_t calls = 0;
  std::int64_t attempts = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t cached_tokens = 0;  ///< of the prompt tokens
  std::int64_t completion_tokens = 0;
  double usd = 0;
};

/// The run that a journal belongs to.
struct JournalOwner {
  std::string run;    ///< tells this run from all others that could have other replies: see `result_identity`
  std::string words;  ///< for a person, such as "filter-bubble, seed 5"
};

/// The file journal.db: every reply from outside the simulation, under the key of its call (docs/run-folder.md). Not thread-safe.
/// When it cannot be written: Failure(stopped), naming the file; when it cannot be read, is of another version of the format, or
/// a row is not what was written: Failure(data).
class Journal {
 public:
  enum class Mode {
    survives_kill,        ///< what is committed survives the end of the process
    survives_power_loss,  ///< and that of the machine
    read_only,
  };

  /// Opens the file, or creates it (not if read_only). Throws Failure(data) for another owner's; without an owner any
  /// journal will do.
  Journal(const std::filesystem::path& file, Mode mode,
          const std::optional<JournalOwner>& owner = std::nullopt);
  ~Journal();
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;

  /// The reply to a call, whether committed or only added.
  std::optional<JournaledReply> find(const CallKey& key) const;
  /// Adds a call that is not there yet; it is durable after the next `commit`.
  void add(const CallKey& key, const ExternalRequest& request, const JournaledReply& reply);
  void commit();

  /// Keeps what this process has to tell of its calls beside them, in place of what it told before; durable like a
  /// call.
  void tell(const Json& account);
  /// What every process told last, in their order.
  std::vector<Json> accounts() const;

  std::size_t actors() const;                                ///< that asked for completions
  std::vector<JournaledCall> calls_of(ActorId actor) const;  ///< in the order in which they were journaled
  std::vector<JournalTotals> totals() const;                 ///< of completions, then of embeddings

 private:
  struct Database;

  std::unique_ptr<Database> database_;
};

}  // namespace throng
