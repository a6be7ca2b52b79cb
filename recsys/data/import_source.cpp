#include "recsys/data/import_source.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace throng {

ImportSource::ImportSource(std::filesystem::path folder, const ImportOptions& options)
    : folder_(std::move(folder)), options_(options) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder_, error)) {
    throw Failure(ErrorKind::data, fmt::format("{}: there is no such folder", folder_.string()));
  }
}

bool ImportSource::has(const std::string& name) const {
  std::error_code error;
  return std::filesystem::exists(folder_ / name, error);
}

const SourceFile& ImportSource::open(const std::string& name) {
  const std::filesystem::path path = folder_ / name;
  const SourceFile& file = files_.emplace_back(SourceFile{.path = path, .content = MappedFile(path)});
  if (file.content.text().empty()) fail_file(file, "is empty");
  return file;
}

void ImportSource::skip(const SourceFile& file, std::size_t line, const std::string& reason) {
  if (skipped_.size() < options_.max_bad) {
    skipped_.push_back({.file = file.name(), .line = line, .reason = reason});
    return;
  }
  const std::string limit =
      options_.max_bad == 0 ? "" : fmt::format(" ({} malformed lines were skipped before)", skipped_.size());
  throw Failure(ErrorKind::data, fmt::format("{}:{}: {}{}", file.path.string(), line, reason, limit));
}

Json ImportSource::provenance(std::string_view kind, std::string_view variant) const {
  Json files = Json::array();
  for (const SourceFile& file : files_) {
    const std::string_view text = file.content.text();
    files.push_back(Json{{"name", file.name()}, {"bytes", text.size()}, {"xxh128", hash128(text).hex()}});
  }
  return Json{{"kind", kind},
              {"variant", variant},
              {"files", std::move(files)},
              {"options", Json{{"max_bad", options_.max_bad}}},
              {"skipped", skipped_.size()}};
}

void fail_file(const SourceFile& file, std::string_view reason) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", file.path.string(), reason));
}

}  // namespace throng
