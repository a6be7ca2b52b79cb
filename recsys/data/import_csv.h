#pragma once

#include "recsys/data/import_source.h"

namespace throng {

/// Any file of rows of fields, or of JSON objects, whose columns the options name: the kinds "csv" and "json". The file that
/// options name describes the items, else the interactions' file itself. Users and items are those of the interactions, in
/// their order. Of several rows of one item and one user the latest counts.
Dataset import_csv(ImportSource& source);

/// What importers of formats with columns share: `items_file` (none: the interactions describe their items) is written as
/// `items_format`. `kind` and `variant` are for the provenance.
Dataset import_columns(ImportSource& source, const SourceFile& file, const SourceFile* items_file,
                       const CsvFormat& format, const CsvFormat& items_format, std::string_view kind,
                       std::string_view variant);

}  // namespace throng
