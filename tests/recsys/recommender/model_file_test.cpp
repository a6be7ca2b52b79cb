#include "recsys/recommender/model_file.h"

#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "recsys/models/registry.h"
#include "tests/support/interactions_of.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ModelFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto mf = make_recommender({{"kind", "mf"}, {"factors", 4}, {"max_epochs", 2}}).value();
    FitObserver observer;
    mf->fit({.train = testing::checkerboard(6, 7)}, observer);
    save_recommender(*mf, path_);
    bytes_ = read_file(path_, ErrorKind::data);
  }

  std::string fault_of(const std::string& bytes) {
    folder_.write("broken", bytes);
    try {
      load_recommender(folder_ / "broken");
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      return failure.what();
    }
    return "";
  }

  TempFolder folder_;
  std::filesystem::path path_ = folder_ / "mf.model";
  std::string bytes_;
};

TEST_F(ModelFile, KeepsTheOptions) {
  const auto loaded = load_recommender(path_);
  EXPECT_EQ(loaded->name(), "mf");
  EXPECT_EQ(loaded->options()["factors"], 4);
  EXPECT_EQ(loaded->num_items(), 7U);
}

TEST_F(ModelFile, EveryTruncationIsAnErrorThatNamesTheFile) {
  for (std::size_t length = 0; length < bytes_.size(); length += 7) {
    EXPECT_THAT(fault_of(bytes_.substr(0, length)), HasSubstr("broken: not a model")) << length;
  }
}

TEST_F(ModelFile, EveryFlippedByteIsAnError) {
  for (std::size_t at = 0; at < bytes_.size(); at += 5) {
    std::string damaged = bytes_;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_NE(fault_of(damaged), "") << at;
  }
}

TEST_F(ModelFile, AnotherVersionIsNamed) {
  std::string newer = bytes_;
  newer[8] = 9;
  EXPECT_THAT(fault_of(newer), AllOf(HasSubstr("version 9"), HasSubstr("version 1")));
  EXPECT_THAT(fault_of("PK\x03\x04 something else altogether"), HasSubstr("THRONGRM"));
}

TEST_F(ModelFile, AMissingFileIsNamed) { EXPECT_THROW(load_recommender(folder_ / "absent"), Failure); }

}  // namespace
}  // namespace throng
