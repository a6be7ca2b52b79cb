#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace throng {
namespace {

namespace fs = std::filesystem;

/// For every folder of the house, the folders it may include beside itself. Floors point down only.
const std::map<std::string, std::set<std::string>>& allowed_includes() {
  static const std::set<std::string> engine{"engine/base", "engine/ranks", "engine/sim"};
  static const auto with = [](std::set<std::string> folders, const std::set<std::string>& more) {
    folders.insert(more.begin(), more.end());
    return folders;
  };
  static const std::set<std::string> recsys{"recsys/text",        "recsys/data",     "recsys/linalg",
                                            "recsys/recommender", "recsys/external", "recsys/models"};
  static const std::set<std::string> agents =
      with(with(engine, recsys),
           {"llm", "llm/wire", "agents", "agents/interview", "agents/memory", "agents/minds",
            "agents/minds/agent4rec", "agents/minds/reading", "agents/pages", "agents/profile"});
  static const std::map<std::string, std::set<std::string>> allowed{
      {"engine/base", {}},
      {"engine/ranks", {"engine/base"}},
      {"engine/mpi", {"engine/base", "engine/ranks"}},
      {"engine/sim", {"engine/base"}},
      {"engine/http", {"engine/base"}},
      {"engine/polite", {"engine/base", "engine/http"}},
      {"recsys/text", {"engine/base"}},
      {"recsys/data", {"engine/base", "recsys/text"}},
      {"recsys/import", {"engine/base", "recsys/text", "recsys/data"}},
      {"recsys/linalg", {"engine/base", "recsys/data"}},
      {"recsys/recommender", {"engine/base", "engine/ranks", "recsys/data", "recsys/linalg"}},
      {"recsys/external",
       {"engine/base", "engine/http", "engine/polite", "recsys/text", "recsys/data", "recsys/linalg",
        "recsys/recommender"}},
      {"recsys/models", with(recsys, {"engine/base", "engine/ranks"})},
      {"llm/wire", {"engine/base"}},
      {"llm", {"engine/base", "engine/http", "engine/polite", "llm/wire"}},
      {"llm/mock", {"engine/base", "engine/http", "llm", "llm/wire"}},
      {"llm/bench", {"engine/base", "engine/http", "engine/polite", "llm", "llm/wire"}},
      {"agents", agents},
      {"agents/interview", agents},
      {"agents/memory", agents},
      {"agents/minds", agents},
      {"agents/minds/agent4rec", agents},
      {"agents/minds/reading", agents},
      {"agents/pages", agents},
      {"agents/profile", agents},
      {"agents/calibration", agents},
      {"agents/played", with(agents, {"llm/mock"})},
      {"scenarios/store", agents},
      {"scenarios/scenario", with(agents, {"scenarios/store"})},
      {"scenarios/gateway", with(agents, {"engine/http", "scenarios/store", "scenarios/scenario"})},
      {"scenarios/run", with(agents, {"agents/calibration", "agents/played", "llm/mock", "scenarios/store",
                                      "scenarios/scenario", "scenarios/gateway"})},
      {"scenarios/profiles",
       with(agents, {"scenarios/store", "scenarios/scenario", "scenarios/gateway", "scenarios/run"})},
      {"scenarios/interviews",
       with(agents, {"scenarios/store", "scenarios/scenario", "scenarios/gateway", "scenarios/run"})},
      {"scenarios/studies",
       with(agents, {"scenarios/store", "scenarios/scenario", "scenarios/gateway", "scenarios/run"})},
      {"scenarios/transcripts", with(agents, {"scenarios/scenario", "scenarios/store"})},
      {"scenarios/report", with(agents, {"scenarios/store", "scenarios/scenario"})},
      {"scenarios/calibration",
       with(agents, {"agents/calibration", "scenarios/store", "scenarios/scenario", "scenarios/gateway",
                     "scenarios/run", "scenarios/transcripts", "scenarios/report", "scenarios/validation"})},
      {"scenarios/causal", with(agents, {"scenarios/store", "scenarios/transcripts", "scenarios/report"})},
      {"scenarios/tables",
       with(agents, {"recsys/import", "scenarios/transcripts", "scenarios/report", "scenarios/run"})},
      {"scenarios/validation",
       with(agents, {"agents/calibration", "scenarios/store", "scenarios/scenario", "scenarios/gateway",
                     "scenarios/run", "scenarios/report", "scenarios/transcripts"})},
      {"scenarios/examples/own_recommender", with(agents, {"scenarios/cli"})},
      {"scenarios/cli",
       with(agents, {"agents/calibration", "scenarios/calibration", "scenarios/causal",
                     "agents/played",      "engine/http",           "engine/mpi",
                     "engine/polite",      "recsys/import",         "llm/bench",
                     "llm/mock",           "scenarios/store",       "scenarios/run",
                     "scenarios/studies",  "scenarios/transcripts", "scenarios/report",
                     "scenarios/scenario", "scenarios/gateway",     "scenarios/interviews",
                     "scenarios/profiles", "scenarios/tables",      "scenarios/validation"})},
  };
  return allowed;
}

fs::path source_root() { return fs::weakly_canonical(THRONG_SOURCE_DIR); }

std::vector<fs::path> source_files(const fs::path& root) {
  std::vector<fs::path> files;
  for (const char* floor : {"engine", "recsys", "llm", "agents", "scenarios"}) {
    if (!fs::exists(root / floor)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / floor)) {
      const auto extension = entry.path().extension();
      if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
    }
  }
  return files;
}

std::vector<std::string> included_folders(const fs::path& file) {
  static const std::regex include(R"re(^\s*#include "([^"]+)")re");
  std::vector<std::string> folders;
  std::ifstream in(file);
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_search(line, match, include))
      folders.push_back(fs::path(match[1].str()).parent_path().string());
  }
  return folders;
}

TEST(Layering, EveryIncludePointsDown) {
  std::size_t includes = 0;
  for (const fs::path& file : source_files(source_root())) {
    const std::string folder = fs::relative(file.parent_path(), source_root()).string();
    ASSERT_TRUE(allowed_includes().contains(folder))
        << folder << " has no floor: say in this test what it may include";
    for (const std::string& included : included_folders(file)) {
      ++includes;
      EXPECT_TRUE(included == folder || included == "embedded" ||
                  allowed_includes().at(folder).contains(included))
          << file << " includes " << included << ", which is not below " << folder;
    }
  }
  EXPECT_GT(includes, 100U) << "the test looked in the wrong place";
}

TEST(Layering, SocketsAndThreadsStayInTheirPlaces) {
  for (const fs::path& file : source_files(source_root())) {
    std::ifstream in(file);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::string folder = fs::relative(file.parent_path(), source_root()).string();
    if (folder != "engine/http") {
      EXPECT_EQ(text.find("<boost/beast"), std::string::npos) << file;
      EXPECT_EQ(text.find("<openssl/ssl.h>"), std::string::npos) << file;
      EXPECT_EQ(text.find("<sys/socket.h>"), std::string::npos) << file;
    }
    if (folder != "engine/base") {
      EXPECT_EQ(text.find("oneapi/tbb"), std::string::npos) << file;
    }
    EXPECT_EQ(text.find("<random>"), std::string::npos)
        << file << ": random numbers come from engine/base/random.h";
  }
}

std::vector<fs::path> documents() {
  std::vector<fs::path> documents{source_root() / "README.md", source_root() / "CONTRIBUTING.md",
                                  source_root() / "benchmarks/README.md"};
  for (const auto& entry : fs::directory_iterator(source_root() / "docs")) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }
  return documents;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Layering, DocumentsNameFilesThatAreThere) {
  static const std::regex named(
      R"re(`((?:engine|recsys|llm|agents|scenarios|tests|docs|setup|cmake)/[a-z0-9_/.-]+)`)re");
  std::size_t names = 0;
  for (const fs::path& document : documents()) {
    const std::string text = text_of(document);
    for (std::sregex_iterator match(text.begin(), text.end(), named), end; match != end; ++match) {
      ++names;
      EXPECT_TRUE(fs::exists(source_root() / (*match)[1].str()))
          << document << " names " << (*match)[1] << ", which is not there";
    }
  }
  EXPECT_GT(names, 50U) << "the test looked in the wrong place";
}

TEST(Layering, LinksOfDocumentsLeadSomewhere) {
  static const std::regex link(R"re(\]\(([^)#:]+)(#[^)]*)?\))re");  // without a scheme: a file
  std::size_t links = 0;
  for (const fs::path& document : documents()) {
    const std::string text = text_of(document);
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
      ++links;
      EXPECT_TRUE(fs::exists(document.parent_path() / (*match)[1].str()))
          << document << " links " << (*match)[1] << ", which is not there";
    }
  }
  EXPECT_GT(links, 30U) << "the test looked in the wrong place";
}

// The table of docs/add-an-action.md is the list of files that a new action changes.
TEST(Layering, ANewActionTouchesAtMostTwelveFiles) {
  std::ifstream in(source_root() / "docs/add-an-action.md");
  static const std::regex name("`([^`]+)`");
  std::size_t files = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(0, line.find(" | "));
    for (std::sregex_iterator match(cell.begin(), cell.end(), name), end; match != end; ++match, ++files)
      EXPECT_TRUE(fs::is_regular_file(source_root() / (*match)[1].str())) << (*match)[1];
  }
  EXPECT_GE(files, 5U) << "the test looked in the wrong place";
  EXPECT_LE(files, 12U);
}

std::size_t lines_of(const fs::path& file) {
  std::ifstream in(file);
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
}

// What a reader can take in at once.
constexpr std::size_t kMostLines = 600;  // of a file; from 400 on it is worth a question
constexpr std::size_t kMostFiles = 25;   // in a folder
constexpr std::size_t kMedian = 90;      // lines of a file, at least
constexpr std::size_t kSmall = 60;       // lines: a file below is mostly a part of its neighbour
constexpr std::size_t kMostSmall = 30;   // % of the files

TEST(Layering, FilesAndFoldersAreOfASizeToTakeIn) {
  std::vector<std::pair<std::size_t, std::string>> files;  // by lines
  std::map<std::string, std::size_t> folders;
  std::size_t lines = 0;
  for (const fs::path& file : source_files(source_root())) {
    const fs::path name = fs::relative(file, source_root());
    files.emplace_back(lines_of(file), name.string());
    lines += files.back().first;
    ++folders[name.parent_path().string()];
    EXPECT_LE(files.back().first, kMostLines) << name;
  }
  ASSERT_GT(files.size(), 100U) << "the test looked in the wrong place";
  std::ranges::sort(files);
  const auto small = static_cast<std::size_t>(
      std::ranges::count_if(files, [](const auto& file) { return file.first < kSmall; }));
  std::cout << files.size() << " source files, " << lines << " lines; median "
            << files[files.size() / 2].first << "; " << 100 * small / files.size() << " % below " << kSmall
            << "; largest " << files.back().first << " (" << files.back().second << ")\n";
  EXPECT_GE(files[files.size() / 2].first, kMedian);
  EXPECT_LT(100 * small, kMostSmall * files.size());
  for (const auto& [folder, count] : folders) EXPECT_LE(count, kMostFiles) << folder;
}

}  // namespace
}  // namespace throng
