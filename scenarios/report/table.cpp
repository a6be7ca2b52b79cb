#include "scenarios/report/table.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <utf8.h>

#include "engine/base/text.h"

namespace throng {
namespace {

/// Code points; good enough for titles in Latin scripts. `text` is valid UTF-8.
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

std::string padding(const std::string& cell, std::size_t width) {
  return std::string(width - std::min(width, display_width(cell)), ' ');
}

/// For one line of a Markdown table.
std::string escaped_for_markdown(const std::string& cell) {
  std::string text;
  for (const char c : cell) {
    if (std::string_view("\\`*_{}[]<>#|~").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

std::string escaped_for_latex(const std::string& cell) {
  static const std::map<std::string_view, std::string_view> marks{{"\\", "\\textbackslash{}"},
                                                                  {"&", "\\&"},
                                                                  {"%", "\\%"},
                                                                  {"$", "\\$"},
                                                                  {"#", "\\#"},
                                                                  {"_", "\\_"},
                                                                  {"{", "\\{"},
                                                                  {"}", "\\}"},
                                                                  {"~", "\\textasciitilde{}"},
                                                                  {"^", "\\textasciicircum{}"},
                                                                  {"|", "\\textbar{}"},
                                                                  {"<", "\\textless{}"},
                                                                  {">", "\\textgreater{}"},
                                                                  {"±", "$\\pm$"}};
  std::string text;
  for (std::size_t at = 0; at < cell.size();) {
    const std::size_t bytes =
        cell.compare(at, std::string_view("±").size(), "±") == 0 ? std::string_view("±").size() : 1;
    const auto mark = marks.find(std::string_view(cell).substr(at, bytes));
    text += mark == marks.end() ? cell.substr(at, bytes) : std::string(mark->second);
    at += bytes;
  }
  return text;
}

template <class Escape>
std::string line_of(const std::vector<std::string>& cells, std::string_view begin, std::string_view between,
                    std::string_view end, Escape escape) {
  std::string line(begin);
  for (std::size_t column = 0; column < cells.size(); ++column)
    line += std::string(column == 0 ? "" : between) + escape(cells[column]);
  return line.append(end) + "\n";
}

}  // namespace

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {
  for (std::string& cell : header_) cell = printable(cell);
}

std::string Table::text(TableFormat format) const {
  if (format == TableFormat::markdown) return markdown();
  return format == TableFormat::latex ? latex() : terminal();
}

std::string Table::markdown() const {
  const auto line = [](const std::vector<std::string>& cells) {
    return line_of(cells, "| ", " | ", " |", escaped_for_markdown);
  };
  std::string rule = "|---|";
  for (std::size_t column = 1; column < header_.size(); ++column) rule += "---:|";
  std::string text = line(header_) + rule + "\n";
  for (const auto& row : rows_) text += line(row);
  return text;
}

std::string Table::latex() const {
  const auto line = [](const std::vector<std::string>& cells) {
    return line_of(cells, "", " & ", " \\\\", escaped_for_latex);
  };
  std::string text =
      fmt::format("\\begin{{tabular}}{{l{}}}\n\\toprule\n", std::string(header_.size() - 1, 'r'));
  text += line(header_) + "\\midrule\n";
  for (const auto& row : rows_) text += line(row);
  return text + "\\bottomrule\n\\end{tabular}\n";
}

void Table::add_row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::terminal() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    widths.push_back(display_width(header_[column]));
    for (const auto& row : rows_) widths[column] = std::max(widths[column], display_width(row[column]));
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line = "  ";
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string pad = padding(cells[column], widths[column]);
      line += column == 0 ? cells[column] + pad : "  " + pad + cells[column];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(header_);
  std::vector<std::string> rule;
  for (const std::size_t width : widths) {
    std::string dashes;
    for (std::size_t i = 0; i < width; ++i) dashes += "─";
    rule.push_back(dashes);
  }
  add_line(rule);
  for (const auto& row : rows_) add_line(row);
  return text;
}

std::string bar(double value, double maximum, std::size_t width) {
  static constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (maximum <= 0) return "";
  const auto cells = static_cast<std::size_t>(std::lround(value / maximum * static_cast<double>(width) * 8));
  std::string text;
  for (std::size_t i = 0; i < cells / 8; ++i) text += "█";
  return text + std::string(eighths[cells % 8]);
}

std::string with_commas(std::string_view joined) {
  std::string text;
  for (const char c : joined) text += c == '|' ? ", " : std::string(1, c);
  return text;
}

}  // namespace throng
