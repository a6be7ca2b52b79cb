#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "llm/budget.h"

namespace throng::llm {

/// What a budget log says of the processes that wrote it.
struct BudgetHistory {
  BudgetBooks books;            ///< the processes are over
  std::size_t valid_bytes = 0;  ///< the text up to its last whole line
};

/// Reads a log's text:
///
///     throng-budget 2
///     process                        one starts: call ids below are its own
///     reserve ID TOKENS PICODOLLARS  written before the call is sent
///     settle ID TOKENS PICODOLLARS   what it spent, written when that is known
///     atmost ID TOKENS PICODOLLARS   nobody will count it: the most it may have spent; again when more is known
///     found TOKENS PICODOLLARS       spent, as the journals say, by calls that are missing here: lines were lost
///
/// Lines end with a line feed; a last line without one was cut off by the end of its process and does not count. An empty text
/// is an empty log. The Error (data) names the line.
Result<BudgetHistory> read_budget_log(std::string_view text);

enum class Durability {
  process,     ///< survives the end of the process, `kill -9` included
  power_loss,  ///< each reservation is forced to the disk before `reserve` returns
};

/// The file behind a budget: opened (or made), read and appended to. Only one at a time may write a file. The constructor
/// throws Failure(stopped) for a file that cannot be written (a full disk), Failure(data) for one that cannot be
/// understood.
class BudgetLog {
 public:
  /// `known`: what was spent at least, whatever the file says: it may have been deleted.
  explicit BudgetLog(std::filesystem::path path, Durability durability = Durability::process,
                     const Spending& known = {});
  ~BudgetLog();
  BudgetLog(const BudgetLog&) = delete;
  BudgetLog& operator=(const BudgetLog&) = delete;

  /// Of the processes before this one.
  const BudgetBooks& books() const { return history_.books; }
  /// What of `known` the file did not know.
  const Spending& found() const { return found_; }

  /// The Error (stopped) names the file: then nothing was reserved, and nothing may be sent.
  Result<void> reserve(Budget::CallId id, const Spending& most);
  /// What cannot be written leaves the reservation open: it will count as spent, which is never less than what was.
  void settle(Budget::CallId id, const Spending& spent);
  void settle_at_most(Budget::CallId id, const Spending& most);

 private:
  Result<void> append(std::string_view line);
  Error error(std::string_view what) const;
  [[noreturn]] void fail(std::string_view what) const;

  std::filesystem::path path_;
  Durability durability_;
  int file_ = -1;
  std::size_t size_ = 0;  ///< whole lines only
  BudgetHistory history_;
  Spending found_;
};

}  // namespace throng::llm
