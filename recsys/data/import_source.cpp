#include "recsys/data/import_source.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace throng {
namespace {

Json options_json(const ImportOptions& options) {
  Json json{{"max_bad", options.max_bad}};
  if (options.min_rating) json["min_rating"] = *options.min_rating;
  if (options.k_core > 0) json["k_core"] = options.k_core;
  return json;
}

}  // namespace

ImportSource::ImportSource(std::filesystem::path path, const ImportOptions& options)
    : folder_(std::move(path)), options_(options) {
  std::error_code error;
  if (std::filesystem::is_directory(folder_, error)) return;
  if (!std::filesystem::exists(folder_, error)) {
    throw Failure(ErrorKind::data, fmt::format("{}: there is no such file or folder", folder_.string()));
  }
  file_ = folder_.filename().string();
  folder_ = folder_.has_parent_path() ? folder_.parent_path() : ".";
}

bool ImportSource::has(const std::string& name) const {
  std::error_code error;
  return std::filesystem::exists(folder_ / name, error);
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
              {"options", options_json(options_)},
              {"skipped", skipped_.size()}};
}

std::string stem(const std::filesystem::path& path) {
  const std::string name = to_valid_utf8(path.filename().string());
  return name.substr(0, name.find('.', 1));
}

void fail_file(const SourceFile& file, std::string_view reason) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", file.path.string(), reason));
}

}  // namespace throng
