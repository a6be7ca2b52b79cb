// What `throng report` tells of runs and studies, finished or not, sound or damaged.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "recsys/text/csv.h"
#include "tests/integration/command_line.h"

namespace throng {
namespace {

/// The rows of a CSV file as maps from column to cell.
std::vector<std::map<std::string, std::string>> rows_of(const std::filesystem::path& file) {
  const std::string text = read_file(file, ErrorKind::data);
  CsvReader reader(text);
  std::vector<std::string> header;
  std::vector<std::map<std::string, std::string>> rows;
  while (reader.next()) {
    const std::vector<std::string> fields(reader.fields().begin(), reader.fields().end());
    if (header.empty()) {
      header = fields;
      continue;
    }
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = fields[i];
  }
  return rows;
}

class CommandReport : public CommandLine {
 protected:
  /// A study of two replicates and two rounds that takes no time: what is learned against nothing learned.
  void write_study(const std::string& name, int agents = 40) const {
    folder_.write(name, fmt::format(R"({{"name": "bubble", "seed": 3, "dataset": {{"path": "demo"}},
      "population": {{"agents": {}}}, "recommender": {{"kind": "popularity"}}, "rounds": 2,
      "retrain": {{"every": "7d", "from": "viewed"}}, "replicates": 2, "control": {{"retrain": {{"from": "nothing"}}}}}})",
                                    agents));
  }
};

TEST_F(CommandReport, AStudyTellsItsArmsTheirDifferenceAndWhatTheIntervalsAre) {
  write_study("s.json");
  const Finished run = throng({"run", "s.json", "--out", "s"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Finished report = throng({"report", "s", "--csv", "tables"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  for (const Finished& told : {run, report}) {
    EXPECT_THAT(told.out,
                AllOf(HasSubstr("intervention: 2 replicates of 40 agents"), HasSubstr("difference"),
                      HasSubstr("half the width of the 95 % confidence interval"), HasSubstr("P_view")));
  }

  // Computed here from the tables of the four runs: the mean of the intervention, and t(1) = 12.706 times its error.
  double values[2]{};
  std::size_t runs = 0;
  for (const auto& row : rows_of(folder_ / "tables/metrics.csv")) {
    if (row.at("metric") != "p_view") continue;
    ++runs;
    EXPECT_EQ(row.at("run"), fmt::format("s/{}-{}", row.at("arm"), row.at("replicate")));
    if (row.at("arm") == "intervention")
      values[std::stoul(row.at("replicate")) - 1] = std::stod(row.at("mean"));
  }
  EXPECT_EQ(runs, 4U);
  const double half_width = 12.7062 * std::abs(values[0] - values[1]) / 2;
  EXPECT_THAT(report.out, HasSubstr(fmt::format("{:.3f} ± {:.3f}", (values[0] + values[1]) / 2, half_width)));

  std::set<std::string> rounds;
  for (const auto& row : rows_of(folder_ / "tables/curves.csv")) rounds.insert(row.at("round"));
  EXPECT_EQ(rounds, (std::set<std::string>{"1", "2"}));
  const std::string page = read_file(folder_ / "s/report.html", ErrorKind::data);
  EXPECT_THAT(page, AllOf(HasSubstr("Of the arm intervention."), HasSubstr("--out s-again")));
}

TEST_F(CommandReport, AStudyTellsWhatBecameOfItemsByWhereTheyStood) {
  write_study("s.json");
  const Finished run = throng({"run", "s.json", "--out", "s"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Finished report = throng({"report", "s", "--csv", "tables"});
  ASSERT_EQ(report.exit_code, 0) << report.err;

  // What was viewed of the third places: in each replicate the mean of its two rounds.
  std::map<std::string, double> of_replicate;
  for (const auto& row : rows_of(folder_ / "tables/curves.csv")) {
    if (row.at("metric") == "position_3_viewed" && row.at("arm") == "control")
      of_replicate[row.at("replicate")] += std::stod(row.at("value")) / 2;
  }
  ASSERT_EQ(of_replicate.size(), 2U);
  const double mean = (of_replicate["1"] + of_replicate["2"]) / 2;
  const double half_width = 12.7062 * std::abs(of_replicate["1"] - of_replicate["2"]) / 2;
  for (const Finished& told : {run, report}) {
    EXPECT_THAT(told.out, ::testing::ContainsRegex(fmt::format(
                              "viewed_by_position +control .*{:.3f} ± {:.3f}", mean, half_width)));
    EXPECT_THAT(told.out, HasSubstr("viewed_by_page"));
  }
  EXPECT_THAT(
      read_file(folder_ / "s/report.html", ErrorKind::data),
      AllOf(HasSubstr("Position on the page"), HasSubstr("viewed by position"), HasSubstr("rating by page")));
}

TEST_F(CommandReport, ArmsAreComparedWithTheBaselineAgentByAgent) {
  folder_.write("s.json",
                R"({"name": "models", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 40},
      "recommender": {"kind": "popularity"}, "baseline": "chance",
      "arms": {"popular": {}, "chance": {"recommender": {"kind": "random"}},
               "short": {"session": {"max_pages": 2}}}})");
  const Finished run = throng({"run", "s.json", "--out", "s"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("less chance"), HasSubstr("popular: 1 replicate of 40 agents"),
                             HasSubstr("Holm")));
  const Finished report = throng({"report", "s", "--csv", "tables"});
  ASSERT_EQ(report.exit_code, 0) << report.err;

  // Computed here from what each agent did: views per item shown, popular less chance.
  std::map<std::string, std::map<std::string, double>> p_view;  // by arm and agent
  for (const auto& row : rows_of(folder_ / "tables/outcomes.csv"))
    p_view[row.at("arm")][row.at("agent")] = std::stod(row.at("viewed")) / std::stod(row.at("shown"));
  double sum = 0;
  double squares = 0;
  for (const auto& [agent, value] : p_view.at("popular")) sum += value - p_view.at("chance").at(agent);
  for (const auto& [agent, value] : p_view.at("popular"))
    squares += std::pow(value - p_view.at("chance").at(agent) - sum / 40, 2);
  const double deviation = std::sqrt(squares / 39);
  const auto rows = rows_of(folder_ / "tables/differences.csv");
  const auto found = std::ranges::find_if(rows, [](const auto& row) {
    return row.at("arm") == "popular" && row.at("figure") == "p_view" && row.at("unit") == "agent";
  });
  ASSERT_NE(found, rows.end());
  EXPECT_EQ(found->at("baseline"), "chance");
  EXPECT_EQ(found->at("pairs"), "40");
  EXPECT_NEAR(std::stod(found->at("difference")), sum / 40, 1e-12);
  EXPECT_NEAR(std::stod(found->at("half_width_95")), 2.022691 * deviation / std::sqrt(40), 1e-6) << "t(39)";
  EXPECT_NEAR(std::stod(found->at("effect_size")), sum / 40 / deviation, 1e-9);
  EXPECT_GE(std::stod(found->at("p_holm")), std::stod(found->at("p")));
  EXPECT_TRUE(std::ranges::none_of(rows, [](const auto& row) { return row.at("arm") == "chance"; }));

  const Finished markdown = throng({"report", "s", "--markdown"});
  EXPECT_THAT(markdown.out,
              AllOf(HasSubstr("| arm | P\\_view |"), HasSubstr("|---|---:|"), HasSubstr("| popular |")));
  const Finished latex = throng({"report", "s", "--latex"});
  EXPECT_THAT(latex.out, AllOf(HasSubstr("\\begin{tabular}{lrrrrrrrr}"), HasSubstr("arm & P\\_view &"),
                               HasSubstr("% popular: 1"), HasSubstr("\\bottomrule")));
  EXPECT_EQ(throng({"report", "s/popular-1", "--latex"}).exit_code, 2);
}

TEST_F(CommandReport, AStudysPageLeadsToThoseOfItsRuns) {
  write_study("s.json");
  ASSERT_EQ(throng({"run", "s.json", "--out", "s"}).exit_code, 0);
  ASSERT_EQ(throng({"report", "s"}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "s/report.html", ErrorKind::data),
              AllOf(HasSubstr("throng report s --runs"), Not(HasSubstr("href=\"control-2/report.html\""))));

  const Finished report = throng({"report", "s", "--runs"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, HasSubstr("s/control-2/report.html"));
  EXPECT_THAT(read_file(folder_ / "s/report.html", ErrorKind::data),
              AllOf(HasSubstr("href=\"control-2/report.html\""), Not(HasSubstr("throng report s --runs"))));
  EXPECT_THAT(read_file(folder_ / "s/control-2/report.html", ErrorKind::data),
              HasSubstr("throng story s/control-2 --agent"));
}

TEST_F(CommandReport, AnInterruptedStudyIsReportedAndSaysHowToGoOn) {
  write_study("s.json");
  ASSERT_EQ(throng({"run", "s.json", "--out", "s"}).exit_code, 0);
  // As a stop in the middle of the last run leaves it.
  std::filesystem::remove(folder_ / "s/summary.json");
  std::filesystem::remove_all(folder_ / "s/intervention-2");
  SQLite::Database((folder_ / "s/control-2/run.db").string(), SQLite::OPEN_READWRITE)
      .exec(
          "UPDATE meta SET value = 'stopped' WHERE key = 'status'; DELETE FROM metrics; "
          "INSERT INTO meta VALUES ('stopped_by', 'interrupted')");
  const Finished report = throng({"report", "s", "--csv", "tables"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, AllOf(HasSubstr("2 of 4 runs have"), HasSubstr("control-2: interrupted"),
                                HasSubstr("throng run s/scenario.json --out s --resume"),
                                HasSubstr("intervention: 1 replicate of 40 agents")));
  std::set<std::string> runs;
  for (const auto& row : rows_of(folder_ / "tables/outcomes.csv")) runs.insert(row.at("run"));
  EXPECT_EQ(runs, (std::set<std::string>{"s/intervention-1", "s/control-1", "s/control-2"}));
}

TEST_F(CommandReport, ADiskWithoutRoomLeavesNoTablesAndCanBeTriedAgain) {
  write_study("s.json");
  ASSERT_EQ(throng({"run", "s.json", "--out", "s", "--set", "replicates=1"}).exit_code, 0);
  const Finished full = wait_for(start({"report", "s", "--csv", "tables"}, 30000));
  EXPECT_EQ(full.exit_code, 4) << full.err;
  EXPECT_THAT(full.err,
              AllOf(HasSubstr("cannot be written: File too large"), HasSubstr("can be given again")));
  EXPECT_TRUE(!std::filesystem::exists(folder_ / "tables") || std::filesystem::is_empty(folder_ / "tables"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "s/report.html.partial"));
  EXPECT_EQ(throng({"report", "s", "--csv", "tables"}).exit_code, 0);
  EXPECT_GT(rows_of(folder_ / "tables/items.csv").size(), 100U);
}

TEST_F(CommandReport, APlaceThatCannotBeWrittenIsSaidInPlainWords) {
  write_study("s.json");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"data", "import", "csv", "likes.csv", "-o", "/proc/data"},
        {"llm", "mock", "--tls", "--ca-out", "/proc/ca.pem"}}) {
    folder_.write("likes.csv", "user,item\na,b\n");
    const Finished finished = throng(command);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("/proc/"), HasSubstr("cannot be written"),
                                    Not(HasSubstr("filesystem error"))));
  }
}

TEST_F(CommandReport, ProgressThatNobodyCanHearEndsNoRun) {
  write_study("s.json");
  const Finished finished =
      wait_for(start({"run", "s.json", "--out", "s", "--json"}, RLIM_INFINITY, "deaf"), "deaf");
  ASSERT_EQ(finished.exit_code, 0);
  const std::string command = fmt::format("cd '{}' && '{}' run s.json --out t --json 2>/dev/full",
                                          folder_.path().string(), THRONG_PROGRAM);
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string out;
  for (int byte = fgetc(pipe); byte != EOF; byte = fgetc(pipe)) out += static_cast<char>(byte);
  EXPECT_EQ(WEXITSTATUS(pclose(pipe)), 0);
  EXPECT_EQ(parse_json(out, "stdout", ErrorKind::data).value()["digest"],
            parse_json(finished.out, "stdout", ErrorKind::data).value()["digest"]);
  // An error keeps its exit code, heard or not.
  const int error = std::system(
      fmt::format("cd '{}' && '{}' run none.json 2>/dev/full", folder_.path().string(), THRONG_PROGRAM)
          .c_str());
  EXPECT_EQ(WEXITSTATUS(error), 2);
}

TEST_F(CommandReport, AWrongWordIsNamedWithTheNearestCommand) {
  const auto err = [&](const std::vector<std::string>& arguments) {
    const Finished finished = throng(arguments);
    EXPECT_EQ(finished.exit_code, 2);
    return finished.err;
  };
  EXPECT_THAT(err({"rum", "x"}), HasSubstr("there is no command \"rum\"; did you mean \"run\"?"));
  EXPECT_THAT(err({"data", "imprt", "x"}),
              HasSubstr("there is no command \"data imprt\"; did you mean \"data import\"?"));
  EXPECT_THAT(err({"fly"}),
              AllOf(HasSubstr("there is no command \"fly\""), HasSubstr("there are: run, check")));
  EXPECT_THAT(err({"--generate"}), HasSubstr("there is no option --generate"));
}

TEST_F(CommandReport, ADatasetAsItWasPublishedIsToldToBeImported) {
  folder_.write("ml/u.data", "1\t1\t5\t0\n");
  folder_.write("lists/train.txt", "0 1\n");
  folder_.write("lists/test.txt", "0 2\n");
  folder_.write("odd/notes", "");
  const auto err = [&](const std::string& path) {
    const Finished finished = throng({"data", "describe", path});
    EXPECT_EQ(finished.exit_code, 3);
    return finished.err;
  };
  EXPECT_THAT(err("ml"), HasSubstr("import it first: throng data import movielens ml -o DIR"));
  EXPECT_THAT(err("ml/u.data"), HasSubstr("import it first: throng data import movielens ml/u.data -o DIR"));
  EXPECT_THAT(err("lists"), HasSubstr("throng data import lightgcn lists -o DIR"));
  EXPECT_THAT(err("odd"), HasSubstr("throng data import KIND odd -o DIR"));
  EXPECT_THAT(err("none"), HasSubstr("there is no such dataset folder"));
}

TEST_F(CommandReport, AScenarioOfAHundredMegabytesIsRefusedAtOnce) {
  std::string keys = "{";
  while (keys.size() < 100'000'000) keys += fmt::format("\"key{}\": 1, ", keys.size());
  folder_.write("huge.json", keys + "\"last\": 1}");
  const auto started = std::chrono::steady_clock::now();
  const Finished huge = throng({"check", "huge.json"});
  EXPECT_EQ(huge.exit_code, 2);
  EXPECT_THAT(huge.err, HasSubstr("more than the 4194304 that a scenario may have"));
  folder_.write("large.json", keys.substr(0, keys.find(',', 3'000'000)) + "}");
  const Finished large = throng({"check", "large.json"});
  EXPECT_EQ(large.exit_code, 2);
  EXPECT_THAT(large.err, HasSubstr("an object has more than 10000 keys"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST_F(CommandReport, ADescriptionOfAnotherDatasetDoesNotStay) {
  const auto description = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run",         std::string(THRONG_SOURCE_DIR) + "/scenarios/demo.json",
                                       "--overwrite", "--json",
                                       "--set",       R"(recommender={"kind":"popularity"})"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    json_of(throng(arguments));
    return read_json(folder_ / "runs/demo/scenario.json", ErrorKind::data).value("description", "");
  };
  EXPECT_THAT(description({}), HasSubstr("demo world"));
  EXPECT_THAT(description({"--seed", "8"}), HasSubstr("demo world"));
  EXPECT_EQ(description({"--set", "dataset.path=synthetic:50x80", "--set", "population={}"}), "");
  EXPECT_EQ(description({"--agents", "30", "--set", "description=thirty"}), "thirty");
}

}  // namespace
}  // namespace throng
