#include "recsys/import/import_source.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "recsys/text/text_blocks.h"

namespace throng {

std::string_view SourceFile::text(std::string& memory) const {
  TextBlocks pieces = blocks(BlockEnds::lines);
  const bool is_plain = encoding.empty() && !is_gzip(content.text());
  if (is_plain) return content.text();
  while (pieces.next()) memory += pieces.text();
  return memory;
}

namespace {

/// What a file is that no importer reads, by its first bytes, and what to do about it.
struct Foreign {
  std::string_view mark;
  std::string_view words;
};

constexpr std::array<Foreign, 8> kForeign{{
    {"PK\x03\x04", "is a Zip archive (or a NumPy .npz, or a spreadsheet); unpack it first"},
    {"BZh9", "is packed with bzip2; unpack it first (gzip is read as it is)"},
    {"\xFD"
     "7zXZ",
     "is packed with xz; unpack it first (gzip is read as it is)"},
    {"\x28\xB5\x2F\xFD", "is packed with zstd; unpack it first (gzip is read as it is)"},
    {"7z\xBC\xAF", "is a 7-Zip archive; unpack it first"},
    {"PAR1",
     "is a Parquet file, for which Debian 12 has no library; write it as CSV or JSON lines, as with pandas: "
     "pandas.read_parquet(FILE).to_csv(\"FILE.csv\", index=False)"},
    {"SQLite format 3",
     "is an SQLite database; write its tables as CSV: sqlite3 -csv -header FILE \"select ...\""},
    {"\x89HDF", "is an HDF5 file; write it as CSV"},
}};

Json options_json(const ImportOptions& options) {
  Json json{{"max_bad", options.max_bad}};
  if (options.min_rating) json["min_rating"] = *options.min_rating;
  if (options.k_core > 0) json["k_core"] = options.k_core;
  if (!options.encoding.empty()) json["encoding"] = options.encoding;
  return json;
}

bool is_data_file(std::string_view name) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  constexpr std::array<std::string_view, 5> endings{".csv", ".tsv", ".json", ".jsonl", ".ndjson"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

ImportSource::ImportSource(std::filesystem::path path, const ImportOptions& options)
    : folder_(std::move(path)),
      options_(options),
      latest_(options.now.value_or(std::numeric_limits<std::int64_t>::max())) {
  std::error_code error;
  if (std::filesystem::is_directory(folder_, error)) return;
  if (!std::filesystem::exists(folder_, error)) {
    throw Failure(ErrorKind::data, fmt::format("{}: there is no such file or folder", folder_.string()));
  }
  file_ = folder_.filename().string();
  folder_ = folder_.has_parent_path() ? folder_.parent_path() : ".";
}

bool ImportSource::has_in(const std::filesystem::path& folder, const std::string& name) {
  std::error_code error;
  return std::filesystem::exists(folder / name, error) ||
         std::filesystem::exists(folder / (name + ".gz"), error);
}

void ImportSource::enter(const std::function<bool(const std::filesystem::path& folder)>& is_wanted) {
  constexpr std::size_t levels = 3;  // of a clone with datasets/NAME/PART
  if (auto found = nearest_folder(folder_, levels, is_wanted)) folder_ = std::move(*found);
}

const SourceFile& ImportSource::open_in(const std::filesystem::path& folder, const std::string& name) {
  std::error_code error;
  const bool is_packed = !std::filesystem::exists(folder / name, error) && has_in(folder, name);
  return open_path(folder / (is_packed ? name + ".gz" : name));
}

std::vector<std::string> ImportSource::files(const std::function<bool(std::string_view name)>& wanted) const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && wanted(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

const SourceFile& ImportSource::open_path(const std::filesystem::path& path) {
  SourceFile& file = files_.emplace_back(
      SourceFile{.path = path, .content = MappedFile(path), .number = report_.files.size()});
  report_.files.push_back({.name = file.name()});
  const std::string_view bytes = file.content.text();
  if (bytes.empty()) fail_file(file, "is empty");
  for (const Foreign& foreign : kForeign) {
    if (bytes.starts_with(foreign.mark)) fail_file(file, foreign.words);
  }
  file.encoding = options_.encoding.empty() ? marked_encoding(bytes) : options_.encoding;
  report_.files.back().encoding = file.encoding;
  return file;
}

void ImportSource::skip(const SourceFile& file, std::size_t line, const std::string& reason) {
  std::vector<BadLine>& skipped = report_.skipped;
  if (skipped.size() < options_.max_bad) {
    skipped.push_back({.file = file.name(), .line = line, .reason = reason});
    return;
  }
  const std::string limit =
      options_.max_bad == 0 ? "" : fmt::format(" ({} malformed lines were skipped before)", skipped.size());
  throw Failure(ErrorKind::data, fmt::format("{}:{}: {}{}", file.path.string(), line, reason, limit));
}

Json ImportSource::provenance(std::string_view kind, std::string_view variant) const {
  Json files = Json::array();
  for (const SourceFile& file : files_) {
    const std::string_view text = file.content.text();
    files.push_back(Json{{"name", file.name()},
                         {"bytes", text.size()},
                         {"xxh128", hash128(text).hex()},
                         {"rows", report_.files[file.number].rows}});
  }
  return Json{{"kind", kind},
              {"variant", variant},
              {"files", std::move(files)},
              {"options", options_json(options_)},
              {"skipped", report_.skipped.size()}};
}

std::optional<std::filesystem::path> nearest_folder(
    const std::filesystem::path& root, std::size_t levels,
    const std::function<bool(const std::filesystem::path& folder)>& is_wanted) {
  constexpr std::size_t most_folders = 10'000;  // whoever names a whole disk has not waited for nothing
  std::vector<std::filesystem::path> level{root};
  for (std::size_t depth = 0; !level.empty() && level.size() < most_folders; ++depth) {
    std::vector<std::filesystem::path> found;
    std::ranges::copy_if(level, std::back_inserter(found), is_wanted);
    if (found.size() > 1) {
      throw Failure(ErrorKind::data,
                    fmt::format("{}: has several folders that may be meant ({}, {}); name one of them",
                                root.string(), found[0].string(), found[1].string()));
    }
    if (!found.empty()) return found.front();
    if (depth == levels) break;
    std::vector<std::filesystem::path> next;
    for (const std::filesystem::path& folder : level) {
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const bool is_hidden = entry.path().filename().string().starts_with('.');
        if (!is_hidden && entry.is_directory(error)) next.push_back(entry.path());
      }
    }
    std::ranges::sort(next);
    level = std::move(next);
  }
  return std::nullopt;
}

std::string stem(const std::filesystem::path& path) {
  const std::string name = to_valid_utf8(path.filename().string());
  return name.substr(0, name.find('.', 1));
}

void fail_file(const SourceFile& file, std::string_view reason) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", file.path.string(), reason));
}

const SourceFile& open_main_file(ImportSource& source, const NamePredicate& is_other) {
  if (source.file()) return source.open(*source.file());
  const auto names =
      source.files([&](std::string_view name) { return is_data_file(name) && !is_other(name); });
  if (names.size() == 1) return source.open(names.front());
  const std::string folder = source.folder().string();
  throw Failure(ErrorKind::data,
                names.empty()
                    ? fmt::format("{}: has no CSV or JSON file of interactions", folder)
                    : fmt::format("{}: has several files that may hold the interactions ({}); name one "
                                  "of them as the source",
                                  folder, to_valid_utf8(fmt::format("{}", fmt::join(names, ", ")))));
}

const SourceFile* open_items_file(ImportSource& source, const NamePredicate& is_wanted) {
  if (!source.options().items.empty()) return &source.open_path(source.options().items);
  const auto names =
      source.files([&](std::string_view name) { return is_data_file(name) && is_wanted(name); });
  return names.size() == 1 ? &source.open(names.front()) : nullptr;
}

bool has_records(const SourceFile& file) {
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  if (!blocks.next()) return false;
  std::string_view text = trimmed(without_bom(blocks.text().substr(0, 1024)));
  if (text.starts_with('[')) text = trimmed(text.substr(1));
  return text.starts_with('{');
}

}  // namespace throng
