#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace throng {

/// What messages between ranks are about; those of one channel do not get in the way of another's.
enum class Channel : int {
  calls = 1,     ///< requests to the outside and their replies
  progress = 2,  ///< how far each rank is
  stop = 3,      ///< somebody wants the run to end
};

/// The processes that a run is spread over, from 0. All run the same program on the same input, each with its block of agents
/// (partitions); what they have to agree on goes through here, as bytes.
///
/// *Collective* functions are called by all ranks, in the same order, by one thread at a time; they wait for the others. Messages may be sent
/// and received by any thread. Throws Failure(stopped) if the others are no longer there, or if this process is being ended from outside.
class Ranks {
 public:
  struct Message {
    std::size_t from = 0;
    std::string content;
  };

  virtual ~Ranks() = default;

  virtual std::size_t size() const = 0;
  virtual std::size_t self() const = 0;  ///< in [0, size())
  bool is_first() const { return self() == 0; }
  bool is_alone() const { return size() == 1; }

  /// Collective: what every rank gives, by rank, on all of them.
  virtual std::vector<std::string> all_gather(std::string mine) = 0;
  /// Collective: likewise, on rank 0 only; nothing elsewhere.
  virtual std::vector<std::string> gather(std::string mine) = 0;
  /// Collective: what each rank gives for this one, by rank. `for_each`: by rank.
  virtual std::vector<std::string> all_to_all(std::vector<std::string> for_each) = 0;
  /// Collective: what rank 0 gives, on all of them; what others give does not matter.
  virtual std::string broadcast(std::string from_first) = 0;

  /// Returns at once. Messages from one rank to another on one channel arrive in the order in which they were sent.
  virtual void send(Channel channel, std::size_t to, std::string message) = 0;
  /// The next that has come; never waits.
  virtual std::optional<Message> receive(Channel channel) = 0;

  /// The rank's block, [first, second), of `count` things in a row: blocks differ by one at most.
  std::pair<std::size_t, std::size_t> block_of(std::size_t count, std::size_t rank) const {
    return {count * rank / size(), count * (rank + 1) / size()};
  }
  std::pair<std::size_t, std::size_t> own_block(std::size_t count) const { return block_of(count, self()); }
};

/// A run of one process. May be used by several runs at once.
class OneRank : public Ranks {
 public:
  std::size_t size() const override { return 1; }
  std::size_t self() const override { return 0; }
  std::vector<std::string> all_gather(std::string mine) override { return {std::move(mine)}; }
  std::vector<std::string> gather(std::string mine) override { return {std::move(mine)}; }
  std::vector<std::string> all_to_all(std::vector<std::string> for_each) override { return for_each; }
  std::string broadcast(std::string from_first) override { return from_first; }
  /// Nobody else is there to be sent anything.
  void send(Channel /*channel*/, std::size_t /*to*/, std::string /*message*/) override {}
  std::optional<Message> receive(Channel /*channel*/) override { return std::nullopt; }
};

/// A run of one process, for whoever has nothing to say about ranks.
Ranks& alone();

/// Collective: calls `part` on every rank and returns, on all of them, what each returned, by rank. If it throws anywhere it throws
/// everywhere: on the first rank where it did what it threw there, elsewhere FailedElsewhere, of the same kind. A `part` must not
/// be collective itself, unless it throws on all ranks or on none.
std::vector<std::string> on_all(Ranks& ranks, const std::function<std::string()>& part);
/// Collective: likewise on rank 0 alone; what it returned, on all of them.
std::string on_first(Ranks& ranks, const std::function<std::string()>& part);

/// Collective: whether it is so on any rank.
bool is_on_any(Ranks& ranks, bool is_here);

/// Tells all others that the run is to end before its time, as `is_told_to_stop` says there, once.
void tell_to_stop(Ranks& ranks);
bool is_told_to_stop(Ranks& ranks);

}  // namespace throng
