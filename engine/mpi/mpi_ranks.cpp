#include "engine/mpi/mpi_ranks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/ranks/failed_elsewhere.h"

namespace throng {
namespace {

using Clock = std::chrono::steady_clock;

// Tags; those of channels are their numbers.
constexpr int kGoodbyes = 0;
constexpr std::size_t kBoxes = 4;  // goodbyes and the channels
constexpr int kAllToAll = 4;

/// How long a rank that has failed waits for the others to hear of it: one that computes does so at its next collective.
constexpr auto kPatience = std::chrono::minutes(1);
/// How long what is under way has to come to its end when a rank has failed: that one may have left by just this, a moment before.
constexpr std::chrono::milliseconds kLastMoments{200};

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw Failure(ErrorKind::stopped,
                fmt::format("{}: {}", call, std::string_view(text.data(), static_cast<std::size_t>(length))));
}

/// Between two looks: none at first, then sleeps, longer and longer. Not sched_yield: on a busy machine that is a time slice of
/// somebody else's, which is longer than any of these.
class Pause {
 public:
  void take() {
    if (++looks_ <= kImmediate) return;
    std::this_thread::sleep_for(std::min(std::chrono::microseconds(5 * (looks_ - kImmediate)), kLongest));
  }

 private:
  static constexpr int kImmediate = 50;
  static constexpr std::chrono::microseconds kLongest{1000};
  int looks_ = 0;
};

/// Calls `each(begin, bytes)` for the parts of `content`, of `longest` bytes but for the last.
template <class Each>
void in_parts(std::string& content, std::size_t longest, const Each& each) {
  for (std::size_t begin = 0; begin < content.size(); begin += longest)
    each(content.data() + begin, static_cast<int>(std::min(longest, content.size() - begin)));
}

bool are_done(std::vector<MPI_Request>& requests) {
  int done = 0;
  check(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE),
        "MPI_Testall");
  return done != 0;
}

constexpr int kSizeBytes = sizeof(std::uint64_t);

std::string bytes_of(const std::vector<std::string>& contents) {
  std::string bytes;
  for (const std::string& content : contents) {
    const std::uint64_t size = content.size();
    bytes.append(reinterpret_cast<const char*>(&size), kSizeBytes);
  }
  return bytes;
}

/// Makes room for contents of these sizes.
std::vector<std::string> room_for(const std::string& sizes) {
  std::vector<std::string> contents(sizes.size() / kSizeBytes);
  for (std::size_t n = 0; n < contents.size(); ++n) {
    std::uint64_t size = 0;
    std::memcpy(&size, sizes.data() + n * kSizeBytes, kSizeBytes);
    contents[n].resize(size);
  }
  return contents;
}

}  // namespace

MpiRanks::MpiRanks(Options options) : options_(std::move(options)), boxes_(kBoxes) {
  // Where there are more ranks than cores Open MPI calls sched_yield in every test for progress, unless somebody says otherwise: see Pause.
  setenv("OMPI_MCA_mpi_yield_when_idle", "0", 0);
  int level = MPI_THREAD_SINGLE;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level);
  if (level < MPI_THREAD_SERIALIZED)
    throw Failure(ErrorKind::usage, "this MPI may not be called by several threads (MPI_THREAD_SERIALIZED)");
  MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
  MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
  int number = 0;
  check(MPI_Comm_size(comm_, &number), "MPI_Comm_size");
  size_ = static_cast<std::size_t>(number);
  check(MPI_Comm_rank(comm_, &number), "MPI_Comm_rank");
  self_ = static_cast<std::size_t>(number);
  goodbyes_.resize(size_);
}

std::vector<std::string> MpiRanks::exchange(Exchange given, const Begin& begin) {
  Exchange& now = *exchanges_.emplace_back(std::make_unique<Exchange>(std::move(given)));
  {
    const std::lock_guard lock(mutex_);
    begin(now);
  }
  wait(now.requests);  // if it throws, `now` stays
  std::vector<std::string> incoming = std::move(now.incoming);
  exchanges_.pop_back();
  return incoming;
}

void MpiRanks::wait(std::vector<MPI_Request>& requests) {
  std::optional<Clock::time_point> failed;
  for (Pause pause;; pause.take()) {
    const std::lock_guard lock(mutex_);
    if (are_done(requests)) return;
    if (!failed && has_failed_elsewhere()) failed = Clock::now();
    if (!failed || Clock::now() - *failed > kLastMoments) check_others();
  }
}

void MpiRanks::broadcast_parts(Exchange& exchange, std::string& content, std::size_t from) {
  in_parts(content, options_.part, [&](char* begin, int bytes) {
    check(
        MPI_Ibcast(begin, bytes, MPI_BYTE, static_cast<int>(from), comm_, &exchange.requests.emplace_back()),
        "MPI_Ibcast");
  });
}

std::vector<std::string> MpiRanks::all_gather(std::string mine) {
  const std::vector<std::string> sizes =
      exchange({.outgoing = {bytes_of({mine})}, .incoming = {std::string(size_ * kSizeBytes, '\0')}},
               [&](Exchange& now) {
                 check(MPI_Iallgather(now.outgoing[0].data(), kSizeBytes, MPI_BYTE, now.incoming[0].data(),
                                      kSizeBytes, MPI_BYTE, comm_, &now.requests.emplace_back()),
                       "MPI_Iallgather");
               });
  std::vector<std::string> all = room_for(sizes[0]);
  all[self_] = std::move(mine);
  // Broadcasts, all under way at once, write into the strings that are returned; MPI_Iallgatherv would want one block below 2 GiB.
  return exchange({.incoming = std::move(all)}, [&](Exchange& now) {
    for (std::size_t rank = 0; rank < size_; ++rank) broadcast_parts(now, now.incoming[rank], rank);
  });
}

std::vector<std::string> MpiRanks::gather(std::string mine) {
  std::vector<std::string> for_each(size_);
  for_each[0] = std::move(mine);
  std::vector<std::string> all = all_to_all(std::move(for_each));
  return is_first() ? std::move(all) : std::vector<std::string>();
}

std::vector<std::string> MpiRanks::all_to_all(std::vector<std::string> for_each) {
  const std::vector<std::string> sizes =
      exchange({.outgoing = {bytes_of(for_each)}, .incoming = {std::string(size_ * kSizeBytes, '\0')}},
               [&](Exchange& now) {
                 check(MPI_Ialltoall(now.outgoing[0].data(), kSizeBytes, MPI_BYTE, now.incoming[0].data(),
                                     kSizeBytes, MPI_BYTE, comm_, &now.requests.emplace_back()),
                       "MPI_Ialltoall");
               });
  std::vector<std::string> incoming = room_for(sizes[0]);
  incoming[self_] = std::move(for_each[self_]);
  return exchange({.outgoing = std::move(for_each), .incoming = std::move(incoming)}, [&](Exchange& now) {
    for (std::size_t rank = 0; rank < size_; ++rank) {
      if (rank == self_) continue;
      const int other = static_cast<int>(rank);
      in_parts(now.incoming[rank], options_.part, [&](char* begin, int bytes) {
        check(MPI_Irecv(begin, bytes, MPI_BYTE, other, kAllToAll, comm_, &now.requests.emplace_back()),
              "MPI_Irecv");
      });
      in_parts(now.outgoing[rank], options_.part, [&](char* begin, int bytes) {
        check(MPI_Isend(begin, bytes, MPI_BYTE, other, kAllToAll, comm_, &now.requests.emplace_back()),
              "MPI_Isend");
      });
    }
  });
}

std::string MpiRanks::broadcast(std::string from_first) {
  const std::vector<std::string> sizes = exchange({.incoming = {bytes_of({from_first})}}, [&](Exchange& now) {
    broadcast_parts(now, now.incoming[0], 0);
  });
  std::vector<std::string> content = room_for(sizes[0]);
  if (is_first()) content[0] = std::move(from_first);
  return std::move(exchange({.incoming = std::move(content)}, [&](Exchange& now) {
                     broadcast_parts(now, now.incoming[0], 0);
                   }).front());
}

void MpiRanks::send(Channel channel, std::size_t to, std::string message) {
  const std::lock_guard lock(mutex_);
  post(static_cast<int>(channel), to, std::move(message));
}

std::optional<Ranks::Message> MpiRanks::receive(Channel channel) {
  const std::lock_guard lock(mutex_);
  std::optional<Message> message = next(static_cast<int>(channel));
  if (!message) check_others();
  return message;
}

void MpiRanks::post(int tag, std::size_t to, std::string content) {
  forget_sent();
  Outgoing& now = outgoing_.emplace_back(Outgoing{.tag = tag, .content = std::move(content)});
  const auto post_part = [&](char* begin, int bytes) {
    check(MPI_Isend(begin, bytes, MPI_BYTE, static_cast<int>(to), tag, comm_, &now.requests.emplace_back()),
          "MPI_Isend");
  };
  in_parts(now.content, options_.part, post_part);
  if (now.content.size() % options_.part == 0) post_part(now.content.data(), 0);
}

void MpiRanks::forget_sent() {
  while (!outgoing_.empty() && are_done(outgoing_.front().requests)) outgoing_.pop_front();
}

std::optional<Ranks::Message> MpiRanks::next(int tag) {
  std::deque<Incoming>& box = boxes_[static_cast<std::size_t>(tag)];
  for (;;) {
    int is_there = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status{};
    check(MPI_Improbe(MPI_ANY_SOURCE, tag, comm_, &is_there, &handle, &status), "MPI_Improbe");
    if (is_there == 0) break;
    int bytes = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    const auto from = static_cast<std::size_t>(status.MPI_SOURCE);
    auto begun = std::ranges::find_if(
        box, [&](const Incoming& message) { return message.from == from && !message.has_last; });
    Incoming& message = begun != box.end() ? *begun : box.emplace_back(Incoming{.from = from});
    std::string& part = message.parts.emplace_back(static_cast<std::size_t>(bytes), '\0');
    message.has_last = part.size() < options_.part;
    check(MPI_Imrecv(part.data(), bytes, MPI_BYTE, &handle, &message.requests.emplace_back()), "MPI_Imrecv");
  }
  if (box.empty() || !box.front().has_last || !are_done(box.front().requests)) return std::nullopt;
  Message message{box.front().from, std::move(box.front().parts.front())};
  for (std::size_t n = 1; n < box.front().parts.size(); ++n) message.content += box.front().parts[n];
  box.pop_front();
  return message;
}

void MpiRanks::hear_goodbyes() {
  while (const std::optional<Message> message = next(kGoodbyes))
    goodbyes_[message->from] = Goodbye{message->content.front() - '0', message->content.substr(1)};
}

std::vector<std::optional<MpiRanks::Goodbye>>::const_iterator MpiRanks::first_failed() const {
  const auto has_failed = [](const auto& each) { return each && each->exit_code != 0; };
  const auto has_words = [&](const auto& each) { return has_failed(each) && !each->complaint.empty(); };
  // Others may have left because of it, without a word.
  const auto first = std::ranges::find_if(goodbyes_, has_words);
  return first != goodbyes_.end() ? first : std::ranges::find_if(goodbyes_, has_failed);
}

bool MpiRanks::has_failed_elsewhere() {
  hear_goodbyes();
  return first_failed() != goodbyes_.end();
}

void MpiRanks::check_others() {
  if (has_failed_elsewhere()) {
    const auto failed = first_failed();
    const auto rank = static_cast<std::size_t>(failed - goodbyes_.begin());
    throw FailedElsewhere(static_cast<ErrorKind>((*failed)->exit_code), rank, (*failed)->complaint);
  }
  if (options_.is_ended()) {
    const char* const why = "the launcher ends the run: it was interrupted, or a rank is no longer there";
    if (is_first()) throw Failure(ErrorKind::stopped, why);
    throw FailedElsewhere(ErrorKind::stopped, 0, why);  // one says it
  }
}

void MpiRanks::say_goodbye(Goodbye own) {
  const std::lock_guard lock(mutex_);
  for (std::size_t rank = 0; rank < size_; ++rank) {
    if (rank != self_) post(kGoodbyes, rank, fmt::format("{}{}", own.exit_code, own.complaint));
  }
  goodbyes_[self_] = std::move(own);
}

std::optional<MpiRanks::Goodbye> MpiRanks::goodbye_of(std::size_t rank, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  for (Pause pause;; pause.take()) {
    const std::lock_guard lock(mutex_);
    hear_goodbyes();
    if (goodbyes_[rank] || Clock::now() > end) return goodbyes_[rank];
  }
}

bool MpiRanks::all_have_left() {
  hear_goodbyes();
  forget_sent();
  // Messages that nobody takes any more may remain.
  return std::ranges::all_of(goodbyes_, [](const auto& goodbye) { return goodbye.has_value(); }) &&
         std::ranges::all_of(outgoing_,
                             [](Outgoing& sent) { return sent.tag != kGoodbyes || are_done(sent.requests); });
}

int MpiRanks::leave() {
  const int own = goodbyes_[self_]->exit_code;
  const bool may_abort = own != 0 && own != static_cast<int>(ErrorKind::stopped);
  const auto end = Clock::now() + kPatience;
  for (Pause pause;; pause.take()) {
    const std::lock_guard lock(mutex_);
    if (all_have_left()) break;
    if (options_.is_ended()) return own != 0 ? own : static_cast<int>(ErrorKind::stopped);
    if (may_abort && Clock::now() > end) MPI_Abort(comm_, own);
  }
  MPI_Finalize();
  const auto failed = first_failed();
  return failed == goodbyes_.end() ? 0 : (*failed)->exit_code;
}

}  // namespace throng
