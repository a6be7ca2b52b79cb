#include "llm/budget_log.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace throng::llm {
namespace {

constexpr std::string_view kHeader = "throng-budget 1";

/// Takes ` NUMBER` off the front of `text`.
template <class T>
bool take(std::string_view& text, T& number) {
  if (!text.starts_with(' ')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() && number >= 0;
}

struct Record {
  Budget::CallId id = 0;
  Spending amount;
};

bool read_record(std::string_view line, std::string_view word, Record& record) {
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  return take(line, record.id) && take(line, record.amount.tokens) && take(line, record.amount.money.pico) &&
         line.empty();
}

class Reader {
 public:
  /// False: the line makes no sense here.
  bool line(std::string_view line) {
    Record record;
    if (line == "process") {
      give_up_open();
      return true;
    }
    if (read_record(line, "reserve", record)) return open_.emplace(record.id, record.amount).second;
    if (!read_record(line, "settle", record)) return false;
    history_.settled += record.amount;
    return open_.erase(record.id) == 1;
  }

  BudgetHistory finish(std::size_t valid_bytes) {
    give_up_open();
    history_.valid_bytes = valid_bytes;
    return history_;
  }

 private:
  /// The process is over: what it left open stays open.
  void give_up_open() {
    for (const auto& [id, amount] : open_) history_.unsettled += amount;
    history_.open_calls += open_.size();
    open_.clear();
  }

  BudgetHistory history_;
  std::unordered_map<Budget::CallId, Spending> open_;
};

}  // namespace

Result<BudgetHistory> read_budget_log(std::string_view text) {
  Reader reader;
  std::size_t at = 0;
  for (int number = 1;; ++number) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(at, end - at);
    if (number == 1 ? line != kHeader : !reader.line(line))
      return Error{ErrorKind::data, fmt::format("line {} is not that of a budget log", number)};
    at = end + 1;
  }
  return reader.finish(at);
}

BudgetLog::BudgetLog(std::filesystem::path path, Durability durability)
    : path_(std::move(path)), durability_(durability) {
  if (std::filesystem::exists(path_)) {
    const auto history = read_budget_log(read_file(path_, ErrorKind::data));
    if (!history)
      throw Failure(ErrorKind::data, fmt::format("{}: {}", path_.string(), history.error().message));
    history_ = *history;
  }
  file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) fail("cannot be opened");
  if (::ftruncate(file_, static_cast<off_t>(history_.valid_bytes)) != 0) fail("cannot be shortened");
  if (history_.valid_bytes == 0) append(fmt::format("{}\n", kHeader));
  append("process\n");
}

BudgetLog::~BudgetLog() {
  if (file_ >= 0) ::close(file_);
}

void BudgetLog::fail(std::string_view what) const {
  throw Failure(ErrorKind::unexpected, fmt::format("{}: {}: {}", path_.string(), what, std::strerror(errno)));
}

void BudgetLog::append(std::string_view line) {
  // A line is far below a page: one write, unless a signal or a full disk comes between.
  while (!line.empty()) {
    const ssize_t written = ::write(file_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written");
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

void BudgetLog::reserve(Budget::CallId id, const Spending& most) {
  append(fmt::format("reserve {} {} {}\n", id, most.tokens, most.money.pico));
  if (durability_ == Durability::power_loss && ::fdatasync(file_) != 0) fail("cannot be forced to the disk");
}

void BudgetLog::settle(Budget::CallId id, const Spending& spent) {
  append(fmt::format("settle {} {} {}\n", id, spent.tokens, spent.money.pico));
}

}  // namespace throng::llm
