#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mpi.h>

#include "engine/ranks/ranks.h"

namespace throng {

/// The processes that mpirun or srun has started. A process makes one object: it begins MPI, which cannot begin twice.
///
/// It calls MPI's C API and not Boost.MPI: what passes here is bytes, and Boost.MPI would bring a serialisation of its own.
///
/// Every call into MPI returns at once (collectives are the nonblocking ones) and is made under a mutex. So MPI_THREAD_SERIALIZED is
/// enough: nobody holds the mutex while waiting, and any thread may send and receive while another is in a collective. Who waits
/// looks again and again, with pauses up to a millisecond: MPI's own waiting burns a core, which other ranks need where there
/// are more ranks than cores.
///
/// When its program ends, well or not, a rank says goodbye to the others. Who waits for one that has failed, in a collective or for
/// messages, throws FailedElsewhere with the reason. A process that is killed says nothing: the launcher then ends the others, which
/// `Options::is_ended` tells of.
class MpiRanks : public Ranks {
 public:
  struct Options {
    /// Asked while waiting: is this process being ended from outside, so that waiting has no use any more?
    std::function<bool()> is_ended = [] { return false; };
    /// Bytes of MPI's longest message (it counts in int); what is longer goes in several.
    std::size_t part = std::size_t{1} << 30U;
  };

  /// What a rank tells the others at its end.
  struct Goodbye {
    int exit_code = 0;
    std::string complaint{};  ///< what it failed of; empty: of another's failure
  };

  /// Ends the process, with a message of MPI's, if MPI cannot begin.
  explicit MpiRanks(Options options);

  std::size_t size() const override { return size_; }
  std::size_t self() const override { return self_; }
  std::vector<std::string> all_gather(std::string mine) override;
  std::vector<std::string> gather(std::string mine) override;
  std::vector<std::string> all_to_all(std::vector<std::string> for_each) override;
  std::string broadcast(std::string from_first) override;
  void send(Channel channel, std::size_t to, std::string message) override;
  std::optional<Message> receive(Channel channel) override;

  /// This rank's program has ended: from now on nothing but `goodbye_of` and `leave` is called.
  void say_goodbye(Goodbye own);
  /// What another rank said, if it does within `patience`.
  std::optional<Goodbye> goodbye_of(std::size_t rank, std::chrono::milliseconds patience);
  /// Waits until all have said goodbye and ends MPI. Returns what all ranks return: the exit code of the first, by rank, that has another
  /// than 0, of those that complain if any does. A rank that has failed, and is not just stopped, waits for a minute at most and then ends all ranks (MPI_Abort). One
  /// that is ended from outside does not wait.
  int leave();

 private:
  /// A collective: what MPI reads and writes until the requests are done.
  struct Exchange {
    std::vector<std::string> outgoing{};
    std::vector<std::string> incoming{};
    std::vector<MPI_Request> requests{};
  };
  struct Outgoing {
    int tag = 0;
    std::string content{};
    std::vector<MPI_Request> requests{};
  };
  /// A part of full length is followed by another; a shorter one, perhaps empty, is the last.
  struct Incoming {
    std::size_t from = 0;
    std::deque<std::string> parts{};
    std::vector<MPI_Request> requests{};
    bool has_last = false;
  };

  using Begin = std::function<void(Exchange&)>;

  std::vector<std::string> exchange(Exchange given, const Begin& begin);
  void wait(std::vector<MPI_Request>& requests);
  void broadcast_parts(Exchange& exchange, std::string& content, std::size_t from);
  // What follows is called under the mutex.
  void post(int tag, std::size_t to, std::string content);
  void forget_sent();
  std::optional<Message> next(int tag);
  void hear_goodbyes();
  std::vector<std::optional<Goodbye>>::const_iterator first_failed() const;
  bool has_failed_elsewhere();
  void check_others();
  bool all_have_left();

  Options options_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::size_t size_ = 1;
  std::size_t self_ = 0;
  std::vector<std::unique_ptr<Exchange>>
      exchanges_;  ///< one; and any that were given up, where MPI may still write

  std::mutex mutex_;  ///< of MPI, and of what follows
  std::deque<Outgoing> outgoing_;
  std::vector<std::deque<Incoming>> boxes_;       ///< by tag
  std::vector<std::optional<Goodbye>> goodbyes_;  ///< by rank
};

}  // namespace throng
