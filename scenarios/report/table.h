#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// Who reads a table: a person at a terminal, a Markdown page, or a paper in LaTeX (booktabs).
enum class TableFormat { terminal, markdown, latex };

/// The first column is left-aligned, the others are right-aligned.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  /// As many cells as the header has; made printable.
  void add_row(std::vector<std::string> cells);
  /// Ends with a newline. Widths are counted in code points; what a format would take for its own marks is escaped.
  std::string text(TableFormat format = TableFormat::terminal) const;

 private:
  std::string terminal() const;
  std::string markdown() const;
  std::string latex() const;

  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// A horizontal bar of `value` / `maximum` times `width` cells.
std::string bar(double value, double maximum, std::size_t width);

/// Texts that are joined by '|' (genres), with commas instead.
std::string with_commas(std::string_view joined);

}  // namespace throng
