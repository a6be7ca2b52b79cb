#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

struct OddityWords {
  std::string_view key;  ///< in JSON
  std::string_view label;
  std::string_view words;  ///< behind the number of rows
};

/// In the order of Oddity.
constexpr std::array<OddityWords, kOddities> kOddityWords{{
    {"odd_times", "times", "a time before 1970 or later than today"},
    {"times_like_dates", "times",
     "a number that looks like a date, taken for seconds; --time-format %Y%m%d reads dates"},
    {"repeated", "repeated", "a user and an item that another row has too; the latest counts"},
    {"summed", "repeated", "a user and an item that another row has too; they were added up"},
    {"low_ratings", "left out", "a rating lower than --min-rating"},
    {"float_ids", "ids", "a whole number written as a float, read without its fraction"},
    {"rounded_ids", "ids", "a number that a spreadsheet has rounded: different ids may have become one"},
    {"not_utf8", "encoding", "not UTF-8, read as Windows-1252 (--encoding names another)"},
    {"backslashes", "quotes", "quotes escaped by backslashes"},
}};

/// Lines with a label in front, where it differs from the one before.
class Lines {
 public:
  void add(std::string_view label, const std::string& words) {
    text_ += fmt::format("  {:<10}{}\n", label == label_ ? "" : label, words);
    label_ = label;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string_view label_;
};

std::string date(std::int64_t time) {
  constexpr std::int64_t greatest = 200'000'000'000;  // in the year 8307
  if (std::abs(time) > greatest) return fmt::to_string(time);
  const std::chrono::sys_seconds seconds{std::chrono::seconds(time)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(seconds)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string at_lines(std::size_t count, const std::vector<std::size_t>& lines) {
  return fmt::format("line{} {}{}", count == 1 ? "" : "s", fmt::join(lines, ", "),
                     count > lines.size() ? ", ..." : "");
}

std::string quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> shown;
  for (const std::string& text : texts) shown.push_back('"' + printable(text) + '"');
  return fmt::format("{}", fmt::join(shown, ", "));
}

std::string number(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string match_text(const IdMatch& match) {
  std::string text =
      fmt::format("{} of {} matched in {}", match.met, number(match.items, "item"), printable(match.file));
  if (!match.missing.empty()) text += fmt::format("; without a description: {}", quoted(match.missing));
  if (match.items - match.met > match.missing.size()) text += ", ...";
  if (match.idle > 0) {
    text += fmt::format("; {} of its {} match no item: {}{}", match.idle, number(match.described, "row"),
                        quoted(match.unused), match.idle > match.unused.size() ? ", ..." : "");
  }
  if (!match.hint.empty()) text += "; " + match.hint;
  return text;
}

constexpr std::string_view kLeftOut = "left out";

void add_oddities(const FileRead& file, bool left_out, Lines& lines) {
  for (std::size_t kind = 0; kind < kOddities; ++kind) {
    const Occurrences& odd = file.odd[kind];
    if (odd.count == 0 || (kOddityWords[kind].label == kLeftOut) != left_out) continue;
    const std::string example = odd.example.empty() ? "" : ": " + printable(odd.example);
    lines.add(kOddityWords[kind].label,
              fmt::format("{} of {}: {} ({}{})", number(odd.count, "row"), printable(file.name),
                          kOddityWords[kind].words, at_lines(odd.count, odd.lines), example));
  }
}

void add_left_out(const Imported& imported, Lines& lines) {
  for (const SkippedLines& group : alike(imported.report.skipped)) {
    std::string text =
        fmt::format("{} of {}, line {}: {}", number(group.count, "row"), printable(group.first.file),
                    group.first.line, printable(group.first.reason));
    if (group.count > 1) text += fmt::format(" (and so on: {})", at_lines(group.count, group.lines));
    lines.add(kLeftOut, text);
  }
  for (const FileRead& file : imported.report.files) add_oddities(file, true, lines);
  const Json& provenance = imported.dataset.provenance;
  const Json filters = provenance.contains("left_out") ? provenance["left_out"] : Json::object();
  for (const auto& [filter, counts] : filters.items()) {
    const auto count = [&counts = counts](const char* key) { return counts[key].get<std::size_t>(); };
    lines.add(kLeftOut,
              fmt::format("by {}: {}, {}, {}", filter, number(count("users"), "user"),
                          number(count("items"), "item"), number(count("interactions"), "interaction")));
  }
}

template <class T>
struct Range {
  T least;
  T greatest;
};

/// Of a column of the interactions, which has values.
template <class T>
Range<T> range_of(const Interactions& interactions,
                  std::span<const T> (Interactions::*column)(UserId) const) {
  Range<T> range{.least = std::numeric_limits<T>::max(), .greatest = std::numeric_limits<T>::lowest()};
  for (std::uint32_t user = 0; user < interactions.num_users(); ++user) {
    for (const T value : (interactions.*column)(UserId(user))) {
      range = {.least = std::min(range.least, value), .greatest = std::max(range.greatest, value)};
    }
  }
  return range;
}

/// What occurs in no interaction, or has no title though others have.
void add_gaps(const Dataset& dataset, Lines& lines) {
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  const auto idle_items = static_cast<std::size_t>(std::ranges::count(counts, 0U));
  if (idle_items > 0) lines.add("items", fmt::format("{} in no interaction", idle_items));
  if (!dataset.catalogue.has_titles()) return;
  std::vector<std::string> untitled;
  std::size_t count = 0;
  for (const Item& item : dataset.catalogue.items) {
    if (!item.title.empty()) continue;
    if (count++ < IdMatch::kShown) untitled.push_back(item.external_id);
  }
  if (count > 0) {
    lines.add("items", fmt::format("{} without a title: {}{}", count, quoted(untitled),
                                   count > untitled.size() ? ", ..." : ""));
  }
}

Json match_json(const IdMatch& match) {
  return {{"file", match.file},      {"items", match.items},    {"matched", match.met},
          {"rows", match.described}, {"unmatched", match.idle}, {"without_description", match.missing},
          {"unused", match.unused},  {"hint", match.hint}};
}

Json file_json(const FileRead& file) {
  Json json{{"name", file.name}, {"rows", file.rows}};
  if (!file.encoding.empty()) json["encoding"] = file.encoding;
  for (std::size_t kind = 0; kind < kOddities; ++kind) {
    const Occurrences& odd = file.odd[kind];
    if (odd.count == 0) continue;
    json[std::string(kOddityWords[kind].key)] = {
        {"rows", odd.count}, {"lines", odd.lines}, {"example", odd.example}};
  }
  return json;
}

}  // namespace

std::string import_text(const Imported& imported) {
  const Interactions& interactions = imported.dataset.interactions;
  const auto [ratings, times] = interactions.columns();
  Lines lines;
  for (const FileRead& file : imported.report.files)
    lines.add("read", fmt::format("{}: {}{}", printable(file.name), number(file.rows, "row"),
                                  file.encoding.empty() ? "" : " of " + printable(file.encoding)));
  add_left_out(imported, lines);
  for (const IdMatch& match : imported.report.matches) lines.add("items", match_text(match));
  add_gaps(imported.dataset, lines);
  if (ratings) {
    const auto range = range_of<float>(interactions, &Interactions::ratings_of);
    lines.add("ratings", fmt::format("{:.4g} to {:.4g}", range.least, range.greatest));
  }
  if (times) {
    const auto range = range_of<std::int64_t>(interactions, &Interactions::times_of);
    constexpr std::int64_t first_recommenders = 631'152'000;  // 1990
    const std::string_view doubt =
        range.greatest < first_recommenders
            ? " (so early that they may be no seconds since 1970: counts, or dates?)"
            : "";
    lines.add("times", fmt::format("{} to {}{}", date(range.least), date(range.greatest), doubt));
  }
  for (const FileRead& file : imported.report.files) add_oddities(file, false, lines);
  return lines.text();
}

Json import_json(const Imported& imported) {
  const Dataset& dataset = imported.dataset;
  Json json{{"name", dataset.name},
            {"users", dataset.users.size()},
            {"items", dataset.catalogue.size()},
            {"interactions", dataset.interactions.size()},
            {"files", Json::array()},
            {"skipped", Json::array()},
            {"matches", Json::array()}};
  for (const FileRead& file : imported.report.files) json["files"].push_back(file_json(file));
  for (const BadLine& bad : imported.report.skipped)
    json["skipped"].push_back({{"file", bad.file}, {"line", bad.line}, {"reason", bad.reason}});
  for (const IdMatch& match : imported.report.matches) json["matches"].push_back(match_json(match));
  if (dataset.provenance.contains("left_out")) json["left_out"] = dataset.provenance["left_out"];
  return json;
}

}  // namespace throng
