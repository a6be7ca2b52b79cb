#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <zlib.h>

#include "recsys/import/import.h"
#include "tests/recsys/data/data_support.h"

namespace throng {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The text as a gzip file of one member.
inline std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in(text);
  std::string out(deflateBound(&stream, in.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::vector<std::string> genres_of(const Dataset& dataset, std::uint32_t item) {
  std::vector<std::string> names;
  for (const GenreId genre : dataset.catalogue[ItemId(item)].genres) {
    names.push_back(dataset.catalogue.genre_names[index(genre)]);
  }
  return names;
}

inline std::vector<std::string> titles_of(const Dataset& dataset) {
  std::vector<std::string> titles;
  for (const Item& item : dataset.catalogue.items) titles.push_back(item.title);
  return titles;
}

inline std::vector<std::string> item_ids_of(const Dataset& dataset) {
  std::vector<std::string> ids;
  for (const Item& item : dataset.catalogue.items) ids.push_back(item.external_id);
  return ids;
}

inline std::vector<std::string> user_ids_of(const Dataset& dataset) {
  std::vector<std::string> ids;
  for (const User& user : dataset.users) ids.push_back(user.external_id);
  return ids;
}

/// Tests of imports write the source into folder_.
class ImportTest : public ::testing::Test {
 protected:
  Dataset import(std::string_view kind, const std::string& file = "", const ImportOptions& options = {}) {
    return import_dataset(kind, folder_ / file, options).dataset;
  }
  std::string failure(std::string_view kind, const std::string& file = "",
                      const ImportOptions& options = {}) {
    return failure_of([&] { import(kind, file, options); });
  }
  TempFolder folder_;
};

}  // namespace throng
