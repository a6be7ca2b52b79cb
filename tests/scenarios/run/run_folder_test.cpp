#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/run/run.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  return names;
}

class RunFolders : public ::testing::Test {
 protected:
  /// Its dataset is known.
  static Scenario scenario(std::uint64_t seed = 1) {
    Scenario scenario = parse_scenario(Json::parse(R"({"name": "t", "seed": 1, "dataset": {"path": "demo"},
                                                       "recommender": {"kind": "popularity"}})"),
                                       "t.json", {fmt::format("seed={}", seed)});
    scenario.dataset_digest = "d1";
    return scenario;
  }

  /// What a run that has finished leaves, and all that may lie beside it.
  void finish_run(const std::string& name) const {
    RunFolder folder(folder_ / name, ExistingFolder::refuse, scenario());
    folder.begin(scenario());
    for (const char* file : {"run.db", "journal.db", "budget.log", "report.html"})
      folder_.write(name + "/" + file, file);
    folder.finish({{"digest", "abc"}});
  }

  /// The scenario in a file of the folder as a study with a control.
  Json study_of(const std::string& file, int replicates) const {
    Json study = read_json(folder_ / file, ErrorKind::data);
    study["replicates"] = replicates;
    study["control"] = Json::object();
    return study;
  }

  /// The complaint of a folder that is opened.
  std::string fault(const std::string& name, ExistingFolder existing, const Scenario& wanted = scenario(),
                    const std::optional<EarlierRun>& earlier = {}) const {
    try {
      const RunFolder opened(folder_ / name, existing, wanted, earlier);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::usage);
      return failure.what();
    }
    return "";
  }

  TempFolder folder_;
};

// Who fits for an hour must not find out then that the folder has a result, still less replace it.
TEST_F(RunFolders, BelongsToOneFromTheFirstLookToTheLastByte) {
  std::optional<RunFolder> first(std::in_place, folder_ / "run", ExistingFolder::refuse, scenario());
  for (const ExistingFolder existing :
       {ExistingFolder::refuse, ExistingFolder::resume, ExistingFolder::overwrite}) {
    EXPECT_THAT(fault("run", existing), HasSubstr("another process"));
  }
  first->begin(scenario());
  folder_.write("run/run.db", "rows");
  first->finish({{"digest", "abc"}});
  EXPECT_THAT(fault("run", ExistingFolder::overwrite), HasSubstr("another process"));
  first.reset();
  EXPECT_THAT(fault("run", ExistingFolder::refuse),
              AllOf(HasSubstr("--resume"), HasSubstr("--overwrite"), HasSubstr("--out")));
  EXPECT_THAT(names_in(folder_ / "run"),
              UnorderedElementsAre("lock", "scenario.json", "run.db", "summary.json"));
}

TEST_F(RunFolders, AreLeftAsTheyWereIfNothingBegins) {
  { const RunFolder folder(folder_ / "new/deep/run", ExistingFolder::refuse, scenario()); }
  EXPECT_FALSE(fs::exists(folder_ / "new"));
  fs::create_directory(folder_ / "empty");
  { const RunFolder folder((folder_ / "empty").string() + "/", ExistingFolder::refuse, scenario()); }
  EXPECT_TRUE(fs::is_empty(folder_ / "empty"));
  {
    const RunFolder folder(folder_ / "shared/run", ExistingFolder::refuse, scenario());
    folder_.write("shared/other.txt", "came meanwhile");
  }
  EXPECT_THAT(names_in(folder_ / "shared"), UnorderedElementsAre("other.txt"));

  finish_run("run");
  const std::vector<std::string> before = names_in(folder_ / "run");
  { const RunFolder folder(folder_ / "run", ExistingFolder::overwrite, scenario(7)); }
  EXPECT_EQ(names_in(folder_ / "run"), before);
  EXPECT_EQ(read_json(folder_ / "run/scenario.json", ErrorKind::data)["seed"], 1);
}

TEST_F(RunFolders, OfOthersAreLeftAlone) {
  folder_.write("thesis/chapter.txt", "years of work");
  folder_.write("file", "no folder");
  for (const ExistingFolder existing :
       {ExistingFolder::refuse, ExistingFolder::resume, ExistingFolder::overwrite}) {
    EXPECT_THAT(fault("thesis", existing), HasSubstr("left alone"));
    EXPECT_THAT(fault("file", existing), HasSubstr("left alone"));
    EXPECT_NE(fault("file/below", existing), "");
  }
  EXPECT_THAT(names_in(folder_ / "thesis"), UnorderedElementsAre("chapter.txt"));
  EXPECT_THAT(fault("/proc/throng", ExistingFolder::refuse), HasSubstr("cannot be created"));
}

TEST_F(RunFolders, AreNotWrittenThroughALink) {
  finish_run("run");
  folder_.write("outside", "precious");
  fs::remove(folder_ / "run/lock");
  fs::create_symlink(folder_ / "created", folder_ / "run/lock");
  EXPECT_THAT(fault("run", ExistingFolder::resume), HasSubstr("lock"));
  EXPECT_FALSE(fs::exists(folder_ / "created"));
  fs::remove(folder_ / "run/lock");
  for (const char* file : {"journal.db", "budget.log"}) {
    fs::remove(folder_ / "run" / file);
    fs::create_symlink(folder_ / "outside", folder_ / "run" / file);
    EXPECT_THAT(fault("run", ExistingFolder::resume), HasSubstr(std::string(file) + " is a symbolic link"));
    fs::remove(folder_ / "run" / file);
  }
  for (const char* file : {"run.db", "summary.json", "scenario.json.partial", "budget.log"}) {
    fs::remove(folder_ / "run" / file);
    fs::create_symlink(folder_ / "outside", folder_ / "run" / file);
  }
  RunFolder folder(folder_ / "run", ExistingFolder::overwrite, scenario());
  folder.begin(scenario());
  folder.finish({{"digest", "abc"}});
  EXPECT_THAT(names_in(folder_ / "run"), UnorderedElementsAre("lock", "scenario.json", "summary.json"));
  EXPECT_EQ(read_file(folder_ / "outside", ErrorKind::data), "precious");
}

// Who packs a folder must not make us delete elsewhere.
TEST_F(RunFolders, OverwrittenFollowNoNameOfAnArmOutOfThem) {
  finish_run("mine/precious-1");
  finish_run("run");
  Json packed = study_of("run/scenario.json", 1);
  packed.erase("control");
  packed["arms"] = {{"../mine/precious", Json::object()}};
  folder_.write("run/scenario.json", packed.dump());
  try {
    RunFolder folder(folder_ / "run", ExistingFolder::overwrite, scenario(7));
    folder.begin(scenario(7));
    ADD_FAILURE() << "expected Failure";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("/arms"));
  }
  EXPECT_TRUE(fs::exists(folder_ / "mine/precious-1/run.db"));
}

TEST_F(RunFolders, OverwrittenKeepNothingOfARunOrOfAStudysArms) {
  finish_run("run");
  finish_run("run/intervention-1");
  finish_run("run/control-12");
  finish_run("run/other-1");
  folder_.write("run/scenario.json", study_of("run/scenario.json", 12).dump());
  folder_.write("run/control-2/chapter.txt", "years of work");
  folder_.write("run/control-x/chapter.txt", "years of work");
  folder_.write("run/summary.json.partial-77", "{");
  RunFolder folder(folder_ / "run", ExistingFolder::overwrite, scenario(7));
  folder.begin(scenario(7));
  EXPECT_THAT(names_in(folder_ / "run"),
              UnorderedElementsAre("lock", "scenario.json", "control-2", "control-x", "other-1"));
  EXPECT_EQ(read_json(folder_ / "run/scenario.json", ErrorKind::data)["seed"], 7);
}

TEST_F(RunFolders, ResumedKeepWhatIsPaidForAndTheRunsOfArms) {
  finish_run("run");
  finish_run("run/intervention-1");
  fs::remove(folder_ / "run/summary.json");
  RunFolder folder(folder_ / "run", ExistingFolder::resume, scenario());
  EXPECT_EQ(folder.finished(scenario()), std::nullopt);
  folder.begin(scenario());
  EXPECT_THAT(names_in(folder_ / "run"),
              UnorderedElementsAre("lock", "scenario.json", "journal.db", "budget.log", "intervention-1"));
  EXPECT_THAT(names_in(folder_ / "run/intervention-1"), ::testing::Contains("summary.json"));
}

TEST_F(RunFolders, ThatHaveFinishedKnowTheirSummary) {
  finish_run("run");
  const RunFolder folder(folder_ / "run", ExistingFolder::resume, scenario());
  EXPECT_EQ(folder.finished(scenario()), Json({{"digest", "abc"}}));
}

TEST_F(RunFolders, HoldOneScenarioAndOneContentOfItsDataset) {
  finish_run("run");
  EXPECT_THAT(fault("run", ExistingFolder::resume, scenario(7)), HasSubstr("/seed was 1, now it is 7"));
  Scenario unread = scenario();
  unread.dataset_digest.clear();
  const RunFolder folder(folder_ / "run", ExistingFolder::resume, unread);
  Scenario other = scenario();
  other.dataset_digest = "d2";
  EXPECT_THROW(folder.finished(other), Failure);
}

TEST_F(RunFolders, BegunByAnotherVersionAreNotResumedWithWhatThatPaidFor) {
  finish_run("run");
  Json stored = read_json(folder_ / "run/scenario.json", ErrorKind::data);
  stored["throng_version"] = "0.0.9";
  folder_.write("run/scenario.json", stored.dump());
  EXPECT_EQ(fault("run", ExistingFolder::resume), "") << "it has finished";
  fs::remove(folder_ / "run/summary.json");
  EXPECT_THAT(fault("run", ExistingFolder::resume),
              AllOf(HasSubstr("begun by Throng 0.0.9"), HasSubstr("--reuse"), HasSubstr("--overwrite")));
  fs::remove(folder_ / "run/journal.db");
  EXPECT_EQ(fault("run", ExistingFolder::resume), "") << "all of it is run anew";
  finish_run("run/intervention-1");
  EXPECT_NE(fault("run", ExistingFolder::resume), "") << "a study keeps the runs that have finished";
}

// The run that is replayed is often the one that stands in the default folder.
TEST_F(RunFolders, DoNotDeleteTheRunWhoseRepliesAreWanted) {
  finish_run("run");
  finish_run("run/intervention-1");
  fs::create_directory_symlink(folder_ / "run", folder_ / "link");
  for (const char* source : {"run", "link", "run/../run/", "run/intervention-1"}) {
    EXPECT_THAT(fault("run", ExistingFolder::overwrite, scenario(), EarlierRun{folder_ / source}),
                AllOf(HasSubstr("would delete"), HasSubstr("--out")))
        << source;
  }
  EXPECT_THAT(fault("run/intervention-1", ExistingFolder::overwrite, scenario(), EarlierRun{folder_ / "run"}),
              HasSubstr("would delete"));
  EXPECT_THAT(fault("run", ExistingFolder::refuse, scenario(), EarlierRun{folder_ / "run"}),
              AllOf(HasSubstr("--out"), ::testing::Not(HasSubstr("--overwrite"))));
  finish_run("run2");
  EXPECT_EQ(fault("run2", ExistingFolder::overwrite, scenario(), EarlierRun{folder_ / "run"}), "");
  EXPECT_EQ(fault("run", ExistingFolder::resume, scenario(), EarlierRun{folder_ / "run"}), "");
}

TEST_F(RunFolders, SayAtOnceThatThereIsNothingToReplay) {
  folder_.write("thesis/chapter.txt", "years of work");
  for (const char* earlier : {"absent", "thesis"}) {
    EXPECT_THROW(
        RunFolder(folder_ / "run", ExistingFolder::refuse, scenario(), EarlierRun{folder_ / earlier}),
        Failure);
    EXPECT_FALSE(fs::exists(folder_ / "run"));
  }
}

TEST_F(RunFolders, TellHowARunGoesOn) {
  RunFolder folder(folder_ / "run", ExistingFolder::refuse, scenario());
  EXPECT_THAT(folder.stopped("interrupted").what(), HasSubstr("interrupted; nothing has been run yet"));
  folder.begin(scenario());
  EXPECT_THAT(
      folder.stopped("interrupted").what(),
      AllOf(HasSubstr("interrupted; "), HasSubstr((folder_ / "run").string()), HasSubstr("--resume")));
}

}  // namespace
}  // namespace throng
