#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/described_items.h"
#include "recsys/data/import_source.h"
#include "recsys/data/interaction_log.h"

namespace throng {

// What importers share whose sources are a file of interactions and perhaps one that describes the items.

using NamePredicate = std::function<bool(std::string_view name)>;

/// Opens the file of interactions: the source itself or, of a folder, the only CSV or JSON file for which `is_other` does
/// not hold. Throws Failure(data) if there is none or more than one.
const SourceFile& open_main_file(ImportSource& source, const NamePredicate& is_other);

/// Opens the file that describes the items: the one the options name, else the only one in the folder for which
/// `is_wanted` holds. Null if there is none, or more than one.
const SourceFile* open_items_file(ImportSource& source, const NamePredicate& is_wanted);

/// Does the file hold objects, in JSON or as Python literals (and not rows of fields)?
bool has_records(const SourceFile& file);

/// The dataset of what `log` holds. Throws Failure(data) naming `file` if that is nothing.
Dataset gathered_dataset(const SourceFile& file, const InteractionLog& log, std::vector<Interaction> rows,
                         InteractionColumns columns, DescribedItems items);

}  // namespace throng
