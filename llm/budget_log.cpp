#include "llm/budget_log.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace throng::llm {
namespace {

constexpr std::string_view kAnyHeader = "throng-budget ";
constexpr std::string_view kHeader = "throng-budget 2";

/// Takes ` NUMBER` off the front of `text`.
template <class T>
bool take(std::string_view& text, T& number) {
  if (!text.starts_with(' ')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() && number >= 0;
}

bool take(std::string_view& text, Spending& amount) {
  return take(text, amount.tokens) && take(text, amount.money.pico) && text.empty();
}

/// Takes a line into the books. False: it makes no sense there.
bool read_line(std::string_view line, BudgetBooks& books) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  if (word == "process" && line.empty()) {
    books.end_process();
    return true;
  }
  Spending amount;
  if (word == "found") {
    if (!take(line, amount)) return false;
    books.add(amount);
    return true;
  }
  Budget::CallId id = 0;
  if (!take(line, id) || !take(line, amount)) return false;
  if (word == "reserve") return books.reserve(id, amount);
  if (word == "settle") return books.settle(id, amount);
  return word == "atmost" && books.settle_at_most(id, amount);
}

/// What `known` exceeds `booked` by.
Spending missing(const Spending& known, const Spending& booked) {
  const auto excess = [](std::int64_t a, std::int64_t b) { return std::max<std::int64_t>(0, a - b); };
  return {.tokens = excess(known.tokens, booked.tokens),
          .money = Money{excess(known.money.pico, booked.money.pico)}};
}

}  // namespace

Result<BudgetHistory> read_budget_log(std::string_view text) {
  BudgetHistory history;
  for (int number = 1;; ++number) {
    const std::size_t end = text.find('\n', history.valid_bytes);
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(history.valid_bytes, end - history.valid_bytes);
    if (number == 1 && line != kHeader && line.starts_with(kAnyHeader))
      return Error{ErrorKind::data, "it is the budget log of another version of Throng"};
    if (number == 1 ? line != kHeader : !read_line(line, history.books))
      return Error{ErrorKind::data, fmt::format("line {} is not that of a budget log", number)};
    history.valid_bytes = end + 1;
  }
  history.books.end_process();
  return history;
}

BudgetLog::BudgetLog(std::filesystem::path path, Durability durability, const Spending& known)
    : path_(std::move(path)), durability_(durability) {
  if (std::filesystem::exists(path_)) {
    const auto history = read_budget_log(read_file(path_, ErrorKind::data));
    if (!history)
      throw Failure(ErrorKind::data, fmt::format("{}: {}", path_.string(), history.error().message));
    history_ = *history;
  }
  file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) fail("cannot be opened");
  size_ = history_.valid_bytes;
  if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) fail("cannot be shortened");
  std::string start = size_ == 0 ? fmt::format("{}\n", kHeader) : "";
  found_ = missing(known, history_.books.most());
  if (found_ != Spending()) start += fmt::format("found {} {}\n", found_.tokens, found_.money.pico);
  append(start + "process\n").value();
  history_.books.add(found_);
}

BudgetLog::~BudgetLog() {
  if (file_ >= 0) ::close(file_);
}

Error BudgetLog::error(std::string_view what) const {
  return {ErrorKind::stopped, fmt::format("{} {}: {}", path_.string(), what, std::strerror(errno))};
}

void BudgetLog::fail(std::string_view what) const {
  const Error failed = error(what);
  throw Failure(failed.kind, failed.message);
}

Result<void> BudgetLog::append(std::string_view line) {
  // A line is far below a page: one write, unless a signal or a full disk comes between.
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      Error full = error("cannot be written");
      // Half a line would make nonsense of the next one, for which there may be room again.
      if (rest.size() < line.size() && ::ftruncate(file_, static_cast<off_t>(size_)) != 0)
        full = error("cannot be shortened");
      return full;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ += line.size();
  return {};
}

Result<void> BudgetLog::reserve(Budget::CallId id, const Spending& most) {
  Result<void> written = append(fmt::format("reserve {} {} {}\n", id, most.tokens, most.money.pico));
  if (written && durability_ == Durability::power_loss && ::fdatasync(file_) != 0)
    return error("cannot be forced to the disk");
  return written;
}

void BudgetLog::settle(Budget::CallId id, const Spending& spent) {
  (void)append(fmt::format("settle {} {} {}\n", id, spent.tokens, spent.money.pico));
}

void BudgetLog::settle_at_most(Budget::CallId id, const Spending& most) {
  (void)append(fmt::format("atmost {} {} {}\n", id, most.tokens, most.money.pico));
}

}  // namespace throng::llm
