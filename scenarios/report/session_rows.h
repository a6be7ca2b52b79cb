#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agents/session_record.h"

namespace throng {

/// A row of one session that is another one, or absent, in a second session; in words, made printable.
struct RowDifference {
  std::string row;  ///< such as "page 2, item 3"
  std::string a;    ///< empty: absent
  std::string b;    ///< empty: absent
  bool operator==(const RowDifference&) const = default;
};

/// What an item is called; may be any text.
using ItemTitle = std::function<std::string(ItemId)>;

/// The rows in which two sessions differ, bit for bit, in the order of events: beginning and end, then page by
/// page the page, its items, the decision and the reflection, and the interview. Numbers have two decimals, or
/// all of them where these show no difference.
std::vector<RowDifference> differing_rows(const SessionRecord& a, const ItemTitle& title_in_a,
                                          const SessionRecord& b, const ItemTitle& title_in_b);

}  // namespace throng
