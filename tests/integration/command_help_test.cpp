// What the program tells of itself, as a shell, man(1) and a person meet it.

#include <array>
#include <cstdlib>

#include "tests/integration/command_line.h"

namespace throng {
namespace {

/// What `script` prints, run by `shell`; nothing if there is no such shell.
std::optional<std::string> run_by(const std::string& shell, const std::string& script) {
  if (std::system(("command -v " + shell + " > /dev/null").c_str()) != 0) return std::nullopt;
  const TempFolder folder;
  write_file(folder / "script", script);
  const std::string command =
      shell + " '" + (folder / "script").string() + "' > '" + (folder / "out").string() + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(folder / "out", ErrorKind::data);
  return read_file(folder / "out", ErrorKind::data);
}

TEST_F(CommandLine, HelpTellsExitCodesAndHowSetIsWritten) {
  const Finished help = throng({"help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("--set recommender.factors=32"));
  EXPECT_THAT(help.out, HasSubstr("4  stopped, resumable"));
  EXPECT_THAT(help.out, HasSubstr("transcripts"));
}

TEST_F(CommandLine, HelpOfACommandIsThatCommandsHelp) {
  EXPECT_THAT(throng({"help", "data", "import"}).out,
              HasSubstr("Usage: throng data import [OPTIONS] KIND SOURCE"));
  const Finished wrong = throng({"help", "data", "imprt"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("throng data imprt"));
}

TEST_F(CommandLine, ShippedScenariosRunByNameFromAnywhere) {
  const Json summary = json_of(throng({"run", "demo", "--agents", "20", "--json"}));
  EXPECT_EQ(summary["agents"], 20);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "runs/demo/run.db"));
}

TEST_F(CommandLine, AFileWithTheNameOfAShippedScenarioComesFirst) {
  write_file(folder_ / "demo", R"({"name": "mine", "seed": 1, "dataset": {"path": "demo"},
                                   "recommender": {"kind": "popularity"}, "population": {"agents": 5}})");
  EXPECT_EQ(throng({"run", "demo"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "runs/mine"));
}

TEST_F(CommandLine, BashCompletesCommandsOptionsChoicesAndShippedScenarios) {
  const std::string script = throng({"completion", "bash"}).out + R"(
complete_line() {
  COMP_WORDS=($1); [[ $1 == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _throng; echo "$1=> ${COMPREPLY[*]}"
}
complete_line 'throng ru'
complete_line 'throng data '
complete_line 'throng run fil'
complete_line 'throng run x --sto'
complete_line 'throng run x --store '
complete_line 'throng run x --out '
)";
  const auto out = run_by("bash", script);
  ASSERT_TRUE(out.has_value());
  EXPECT_THAT(*out, HasSubstr("throng ru=> run\n"));
  EXPECT_THAT(*out, HasSubstr("throng data => import describe"));
  EXPECT_THAT(*out, HasSubstr("throng run fil=> filter_bubble\n"));
  EXPECT_THAT(*out, HasSubstr("throng run x --sto=> --store\n"));
  EXPECT_THAT(*out, HasSubstr("throng run x --store => full summary\n"));
  EXPECT_THAT(*out, HasSubstr("throng run x --out => \n"));  // the shell completes a file name
}

TEST_F(CommandLine, FishCompletesCommandsOptionsAndChoices) {
  const auto out = run_by("fish", throng({"completion", "fish"}).out + R"(
complete -C 'throng ru'
complete -C 'throng run x --store '
complete -C 'throng llm mock --lat'
)");
  if (!out) GTEST_SKIP() << "there is no fish here";
  EXPECT_THAT(*out, HasSubstr("run\tRun a scenario"));
  EXPECT_THAT(*out, HasSubstr("summary"));
  EXPECT_THAT(*out, HasSubstr("--latency-ms"));
}

TEST_F(CommandLine, ZshReadsItsCompletion) {
  const auto out = run_by("zsh", "autoload -Uz compinit && compinit -u -D\n" +
                                     throng({"completion", "zsh"}).out + "\necho ${_comps[throng]}\n");
  if (!out) GTEST_SKIP() << "there is no zsh here";
  EXPECT_EQ(*out, "_throng\n");
}

TEST_F(CommandLine, TheManualPageHasEveryCommandAndNoFaults) {
  const std::string page = throng({"man"}).out;
  for (const char* command :
       {"throng run SCENARIO", "throng data import", "throng llm bench", "throng compare"})
    EXPECT_THAT(page, HasSubstr(std::string(".SS ") + command));
  write_file(folder_ / "page", page);
  // "-ww" warns of whatever it could warn of.
  const auto out = run_by("sh", "groff -man -Tutf8 -ww '" + (folder_ / "page").string() + "' > /dev/null\n");
  if (std::system("command -v groff > /dev/null") != 0) GTEST_SKIP() << "there is no groff here";
  EXPECT_EQ(*out, "");  // no warning
}

}  // namespace
}  // namespace throng
