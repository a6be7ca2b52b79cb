#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/external_ids.h"
#include "recsys/data/import_report.h"

namespace throng {

/// Finds the items that a file describes among those that occur in interactions, and keeps count.
class IdMatching {
 public:
  /// `ids` must outlive this object.
  IdMatching(const ExternalIds& ids, std::string file)
      : ids_(ids), match_{.file = std::move(file), .items = ids.size()}, met_(ids.size(), false) {}

  /// The position of an id that the file describes; none if it occurs in no interaction.
  std::optional<std::uint32_t> find(std::string_view id) { return note(id, ids_.find(id)); }
  /// The same for a caller that found the position, or none, by something else than the id.
  std::optional<std::uint32_t> note(std::string_view id, std::optional<std::uint32_t> position);

  IdMatch result() const;

 private:
  std::string hint() const;

  const ExternalIds& ids_;
  IdMatch match_;
  std::vector<bool> met_;            ///< by position
  std::vector<std::string> unused_;  ///< the first described ids that occur in no interaction
};

}  // namespace throng
