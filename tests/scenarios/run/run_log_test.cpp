#include "scenarios/run/run_log.h"

#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "engine/base/log.h"
#include "scenarios/scenario/scenario.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(MinuteLog, TellsEachMinuteHowTheRunStandsAndWhatTheMinuteBrought) {
  const TempFolder folder;
  const MinuteLog::Clock::time_point start;
  RunFigures figures{.agents = 10, .pages = 30, .calls = {.live = 100}, .prompt_tokens = 5000};
  {
    const LogFile log(folder / "run.log", LogLevel::info);
    MinuteLog minutes(start);
    minutes.read_from([&] { return figures; });
    minutes.tick(start + std::chrono::seconds(59));
    EXPECT_EQ(read_file(folder / "run.log", ErrorKind::data), "");
    minutes.tick(start + std::chrono::seconds(60));
    figures.pages = 90;
    figures.calls.live = 400;
    minutes.tick(start + std::chrono::seconds(180));
  }
  const std::string log = read_file(folder / "run.log", ErrorKind::data);
  EXPECT_THAT(log, HasSubstr("agents=10 pages=30 calls_live=100"));
  EXPECT_THAT(log, HasSubstr("agents=10 pages=30 calls_live=100 attempts=0 prompt_tokens=5000"));
  EXPECT_THAT(log, HasSubstr("agents=0 pages=30 calls_live=150"));  // in two minutes
  EXPECT_THAT(log, HasSubstr("rss_mb="));
}

TEST(WrittenScenario, HasNoValueOfAHeaderAndNoLogin) {
  const Json scenario = Json::parse(R"({
    "description": "see http://host/a@b and http://u:pass@host",
    "mind": [{"kind": "statistical"},
             {"endpoints": [{"url": "https://h/v1", "proxy": "http://me:hunter2@proxy:3128", "api_key_env": "KEY",
                             "headers": {"Cookie": "a=b", "X-Key": {"env": "OTHER"}}}]}],
    "control": {"mind": {"endpoints": [{"headers": {"X-Token": "topsecret"}}]}}})");
  const std::string written = written_form(scenario).dump();
  EXPECT_THAT(written, AllOf(Not(HasSubstr("a=b")), Not(HasSubstr("hunter2")), Not(HasSubstr("topsecret")),
                             Not(HasSubstr("pass"))));
  EXPECT_THAT(written, AllOf(HasSubstr("http://host/a@b"), HasSubstr("http://[redacted]@host"),
                             HasSubstr("http://[redacted]@proxy:3128"), HasSubstr(R"({"env":"OTHER"})"),
                             HasSubstr(R"("Cookie":"[redacted]")"), HasSubstr(R"("api_key_env":"KEY")")));
}

}  // namespace
}  // namespace throng
