#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// A table for the terminal: the first column left-aligned, the others right-aligned.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  /// As many cells as the header has; made printable.
  void add_row(std::vector<std::string> cells);
  /// Ends with a newline. Widths are counted in code points.
  std::string text() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// A horizontal bar of `value` / `maximum` times `width` cells.
std::string bar(double value, double maximum, std::size_t width);

/// Texts that are joined by '|' (genres), with commas instead.
std::string with_commas(std::string_view joined);

}  // namespace throng
