#pragma once

#include <string>
#include <vector>

#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"
#include "scenarios/validation/taste_pages.h"

namespace throng {

struct TasteOptions {
  std::vector<std::size_t> ratios{1, 2, 3, 9};
  std::vector<Negatives> negatives{Negatives::uniform, Negatives::popular};
  /// Recommenders whose scores are baselines, beside popularity; their options are the defaults.
  std::vector<std::string> models{"ease"};
  /// Whose held-out items are asked about: test, or validation, on which a mind's parameters may be chosen.
  SplitPart part = SplitPart::test;
};

/// Taste discrimination: do agents align with items that their users met later (test part), and not with items that they never
/// met? The protocol stands in docs/validation.md.
TaskResult validate_taste(TrainingWorld& world, const TasteOptions& options, const Asking& asking,
                          FitObserver& observer);

}  // namespace throng
