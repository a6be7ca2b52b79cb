#include "scenarios/report/session_rows.h"

#include <limits>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "engine/base/text.h"

namespace throng {
namespace {

enum class Part : std::uint8_t { session, page, item, decision, reflection, words, interview };

/// Where a row stands in the order of events.
struct Place {
  std::size_t page = 0;
  Part part{};
  std::size_t position = 0;
  bool operator<(const Place& other) const {
    return std::tie(page, part, position) < std::tie(other.page, other.part, other.position);
  }
};

/// A row in words: to be read, and with all that tells it from another row.
struct RowText {
  std::string brief;
  std::string exact;
};

using Rows = std::map<Place, RowText>;

enum class Digits { few, all };

std::string number(double value, Digits digits) {
  return digits == Digits::few ? fmt::format("{:.2f}", value) : fmt::format("{}", value);
}

std::string time_text(VirtualTime time, Digits digits) {
  return digits == Digits::few ? format_time(time) : fmt::format("{} us", time.time_since_epoch().count());
}

/// `text` for few digits and for all.
template <class Text>
RowText both_ways(Text text) {
  return {.brief = text(Digits::few), .exact = text(Digits::all)};
}

std::string item_text(const Impression& shown, const std::string& title, Digits digits) {
  const std::string item =
      digits == Digits::few ? title : fmt::format("{} (item {})", title, index(shown.item));
  return fmt::format("{}, {}: {}{}", item, number(static_cast<double>(shown.mean_rating), digits),
                     shown.aligned ? "aligned" : "not aligned",
                     shown.viewed ? fmt::format(", rated {}, {}", shown.rating, to_string(shown.feeling))
                                  : std::string(", not viewed"));
}

std::string decision_text(const std::optional<Decision>& decision, Digits digits) {
  if (!decision) return "degraded";
  return fmt::format("{} (satisfaction {}, fatigue {})", decision->exits ? "leaves" : "goes on",
                     number(decision->satisfaction, digits),
                     decision->fatigue ? number(*decision->fatigue, digits) : "not told");
}

void add_page(const PageRecord& page, const ItemTitle& title, Rows& rows) {
  rows[{page.page, Part::page}] = both_ways([&](Digits digits) {
    return fmt::format("{}, satisfaction {}", time_text(page.shown_at, digits),
                       number(page.satisfaction, digits));
  });
  for (std::size_t i = 0; i < page.impressions.size(); ++i) {
    const std::string name = printable(title(page.impressions[i].item));
    rows[{page.page, Part::item, i + 1}] =
        both_ways([&](Digits digits) { return item_text(page.impressions[i], name, digits); });
  }
  rows[{page.page, Part::decision}] =
      both_ways([&](Digits digits) { return decision_text(page.decision, digits); });
  if (!page.reflection) return;
  rows[{page.page, Part::reflection}] = both_ways(
      [&](Digits digits) { return "satisfaction " + number(page.reflection->satisfaction, digits); });
}

Rows rows_of(const SessionRecord& session, const ItemTitle& title) {
  Rows rows;
  rows[{0, Part::session}] = both_ways([&](Digits digits) {
    return fmt::format("{} to {}", time_text(session.started, digits), time_text(session.ended, digits));
  });
  for (const PageRecord& page : session.pages) add_page(page, title, rows);
  for (std::size_t i = 0; i < session.notes.sayings.size(); ++i) {
    const Saying& said = session.notes.sayings[i];
    rows[{said.page, Part::words, i}] = both_ways([&](Digits /*digits*/) {
      return fmt::format("{}: {}", to_string(said.about), printable(said.text));
    });
  }
  rows[{std::numeric_limits<std::size_t>::max(), Part::interview}] = both_ways([&](Digits /*digits*/) {
    return session.interview ? fmt::format("{} of 10", session.interview->score) : std::string("none");
  });
  return rows;
}

std::string name_of(const Place& place) {
  switch (place.part) {
    case Part::session:
      return "session";
    case Part::page:
      return fmt::format("page {}", place.page);
    case Part::item:
      return fmt::format("page {}, item {}", place.page, place.position);
    case Part::decision:
      return fmt::format("page {}, decides", place.page);
    case Part::reflection:
      return fmt::format("page {}, reflects", place.page);
    case Part::words:
      return fmt::format("page {}, words {}", place.page, place.position + 1);
    case Part::interview:
      return "interview";
  }
  return "";
}

}  // namespace

std::vector<RowDifference> differing_rows(const SessionRecord& a, const ItemTitle& title_in_a,
                                          const SessionRecord& b, const ItemTitle& title_in_b) {
  const Rows rows_a = rows_of(a, title_in_a);
  const Rows rows_b = rows_of(b, title_in_b);
  std::map<Place, RowDifference> differences;
  for (const auto& [place, row] : rows_a) {
    const auto other = rows_b.find(place);
    if (other == rows_b.end()) {
      differences[place] = {.row = name_of(place), .a = row.brief, .b = ""};
    } else if (row.exact != other->second.exact) {
      const bool brief_tells = row.brief != other->second.brief;
      differences[place] = {.row = name_of(place),
                            .a = brief_tells ? row.brief : row.exact,
                            .b = brief_tells ? other->second.brief : other->second.exact};
    }
  }
  for (const auto& [place, row] : rows_b) {
    if (!rows_a.contains(place)) differences[place] = {.row = name_of(place), .a = "", .b = row.brief};
  }
  std::vector<RowDifference> in_order;
  in_order.reserve(differences.size());
  for (auto& [place, difference] : differences) in_order.push_back(std::move(difference));
  return in_order;
}

}  // namespace throng
