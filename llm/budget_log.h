#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "llm/budget.h"

namespace throng::llm {

/// What a budget log says of the processes that wrote it.
struct BudgetHistory {
  Spending settled;             ///< spent for sure
  Spending unsettled;           ///< reserved when a process ended: may have been spent, counted as if it was
  std::size_t open_calls = 0;   ///< how many reservations that is
  std::size_t valid_bytes = 0;  ///< the text up to its last whole line
};

/// Reads a log's text:
///
///     throng-budget 1
///     process                        one starts: call ids below are its own
///     reserve ID TOKENS PICODOLLARS  written before the call is sent
///     settle ID TOKENS PICODOLLARS   what it spent, written when that is known
///
/// Lines end with a line feed; a last line without one was cut off by the end of its process and does not count. An empty text
/// is an empty log. The Error (data) names the line.
Result<BudgetHistory> read_budget_log(std::string_view text);

enum class Durability {
  process,     ///< survives the end of the process, `kill -9` included
  power_loss,  ///< each reservation is forced to the disk before `reserve` returns
};

/// The file behind a budget: opened (or made), read and appended to. Only one at a time may write a file. What cannot be
/// written is a Failure (unexpected); what cannot be understood a Failure (data).
class BudgetLog {
 public:
  explicit BudgetLog(std::filesystem::path path, Durability durability = Durability::process);
  ~BudgetLog();
  BudgetLog(const BudgetLog&) = delete;
  BudgetLog& operator=(const BudgetLog&) = delete;

  /// As it was when the file was opened.
  const BudgetHistory& history() const { return history_; }

  void reserve(Budget::CallId id, const Spending& most);
  void settle(Budget::CallId id, const Spending& spent);

 private:
  void append(std::string_view line);
  [[noreturn]] void fail(std::string_view what) const;

  std::filesystem::path path_;
  Durability durability_;
  int file_ = -1;
  BudgetHistory history_;
};

}  // namespace throng::llm
