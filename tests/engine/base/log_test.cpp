#include "engine/base/log.h"

#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Log : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string written() const { return read_file(file, ErrorKind::data); }

  const fs::path folder = fs::temp_directory_path() / fmt::format("throng-log-{}", getpid());
  const fs::path file = folder / "run.log";
};

std::size_t lines_in(const std::string& text) { return std::size_t(std::ranges::count(text, '\n')); }

TEST_F(Log, AnEventIsALineOfTimeLevelAreaWhatAndFigures) {
  {
    const LogFile log(file, LogLevel::info);
    log_event(LogLevel::info, "limits", "limit lowered",
              {{"endpoint", std::string("http://a:1")},
               {"rpm", 500},
               {"share", 0.25},
               {"wait", std::chrono::milliseconds(1500)},
               {"headers", true},
               {"why", "said \"slow down\"\nnow"}});
  }
  EXPECT_THAT(
      written(),
      MatchesRegex("20..-..-..T..:..:..\\....Z info    limits    limit lowered  endpoint=http://a:1 rpm=500 "
                   "share=0\\.25 wait=1\\.5s headers=yes why=\"said ..slow down..  *now\"\n"));
}

TEST_F(Log, OnlyWhatIsAsImportantAsItsLevel) {
  EXPECT_FALSE(is_logged(LogLevel::error));
  log_event(LogLevel::error, "test", "before");
  {
    const LogFile log(file, LogLevel::warning);
    EXPECT_FALSE(is_logged(LogLevel::info));
    EXPECT_TRUE(is_logged(LogLevel::error));
    for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
      log_event(level, "test", to_string(level));
  }
  log_event(LogLevel::error, "test", "after");
  EXPECT_EQ(lines_in(written()), 2U);
  EXPECT_THAT(written(), HasSubstr("warning test      warning\n"));
  {
    const LogFile none(folder / "none.log", LogLevel::off);
    log_event(LogLevel::error, "test", "nobody hears");
  }
  EXPECT_FALSE(fs::exists(folder / "none.log"));
}

TEST_F(Log, GoesOnWhereItWasAndTheYoungestFileIsTold) {
  {
    const LogFile log(file, LogLevel::info);
    log_event(LogLevel::info, "test", "one");
  }
  {
    const LogFile outer(file, LogLevel::info);
    {
      const LogFile inner(folder / "inner.log", LogLevel::info);
      log_event(LogLevel::info, "test", "inside");
    }
    log_event(LogLevel::info, "test", "two");
  }
  EXPECT_EQ(lines_in(written()), 2U);
  EXPECT_THAT(written(), Not(HasSubstr("inside")));
  EXPECT_THAT(read_file(folder / "inner.log", ErrorKind::data), HasSubstr("inside"));
}

TEST_F(Log, ShowsNoKey) {
  keep_out_of_logs(std::vector<std::string>{"0123456789abcdef"});
  {
    const LogFile log(file, LogLevel::info);
    log_event(LogLevel::info, "test", "said", {{"text", "0123456789abcdef and Bearer xyz.xyz.xyz"}});
  }
  EXPECT_THAT(written(), HasSubstr("text=\"[redacted] and Bearer [redacted]\""));
}

TEST_F(Log, AFloodIsCutAndCounted) {
  {
    const LogFile log(file, LogLevel::info);
    for (int i = 0; i < 10'000; ++i) log_event(LogLevel::info, "test", "again", {{"i", i}});
    log_event(LogLevel::info, "test", "another");
  }
  EXPECT_LT(lines_in(written()), 400U);  // 50 in each second that this may take
  EXPECT_THAT(written(), HasSubstr("another"));
  EXPECT_THAT(written(), HasSubstr("left out: too many in a second  event=again events="));
}

TEST_F(Log, IsBounded) {
  const std::string long_text(1 << 20, 'x');
  {
    const LogFile log(file, LogLevel::debug);
    for (int i = 0; i < 44; ++i) log_event(LogLevel::debug, "test", fmt::format("{}", i), {{"x", long_text}});
  }
  std::uintmax_t size = 0;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    size += entry.file_size();
    ++files;
  }
  EXPECT_EQ(files, 4U);
  EXPECT_LE(size, std::uintmax_t{33} << 20U);
  EXPECT_TRUE(fs::exists(folder / "run.3.log"));
}

TEST_F(Log, WhatCannotBeWrittenIsNoFailure) {
  {
    const LogFile nowhere("/proc/throng/run.log", LogLevel::info);
    log_event(LogLevel::info, "test", "lost");
    EXPECT_THAT(nowhere.trouble(), HasSubstr("/proc/throng"));
  }
  const LogFile full("/dev/full", LogLevel::info);
  EXPECT_THAT(full.trouble(), HasSubstr("/dev/full is not a file"));
}

TEST_F(Log, ADiskThatIsFullAndHasRoomAgainLosesOnlyWhatCameBetween) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  const LogFile log(file, LogLevel::info);
  setrlimit(RLIMIT_FSIZE, &small);
  for (int i = 0; i < 40; ++i) log_event(LogLevel::info, "test", "while the disk is full", {{"i", i}});
  const std::string trouble = log.trouble();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(trouble, HasSubstr("run.log"));
  log_event(LogLevel::info, "test", "room again");
  EXPECT_THAT(written(), HasSubstr("room again"));
}

TEST_F(Log, ALinkIsReplacedNotFollowed) {
  const fs::path gateway = folder / "outside";
  write_file(gateway, "precious");
  fs::create_symlink(gateway, file);
  {
    const LogFile log(file, LogLevel::info);
    log_event(LogLevel::info, "test", "mine");
  }
  EXPECT_EQ(read_file(gateway, ErrorKind::data), "precious");
  EXPECT_THAT(written(), HasSubstr("mine"));
}

TEST_F(Log, AnyThreadMayLog) {
  {
    const LogFile log(file, LogLevel::info);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 10; ++i)
          log_event(LogLevel::info, "test", fmt::format("thread {}", t), {{"i", i}});
      });
    }
  }
  EXPECT_EQ(lines_in(written()), 40U);
}

// As runs that are under way beside each other, and what they share.
TEST_F(Log, AThreadMayHaveAFileOfItsOwn) {
  {
    const LogFile of_all(file, LogLevel::info);
    std::thread run([&] {
      const LogFile own(folder / "own.log", LogLevel::debug, LogOf::thread);
      EXPECT_TRUE(is_logged(LogLevel::debug));
      log_event(LogLevel::debug, "test", "in the run");
      std::thread([log = log_of_thread()] {
        set_log_of_thread(log);
        log_event(LogLevel::info, "test", "for the run");
      }).join();
    });
    run.join();
    EXPECT_FALSE(is_logged(LogLevel::debug));
    log_event(LogLevel::info, "test", "beside it");
  }
  EXPECT_THAT(written(), AllOf(HasSubstr("beside it"), Not(HasSubstr("the run"))));
  EXPECT_THAT(read_file(folder / "own.log", ErrorKind::data),
              AllOf(HasSubstr("in the run"), HasSubstr("for the run"), Not(HasSubstr("beside it"))));
}

}  // namespace
}  // namespace throng
