#pragma once

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "tests/support/temp_folder.h"

namespace throng {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// The program as a user meets it, in a folder of its own.
class CommandLine : public ::testing::Test {
 protected:
  /// Starts the program in the temporary folder, its output going to the files `name`out and `name`err there; no file may
  /// grow larger than `max_file_bytes`.
  pid_t start(const std::vector<std::string>& arguments, rlim_t max_file_bytes = RLIM_INFINITY,
              const std::string& name = "") const {
    const pid_t child = fork();
    if (child != 0) return child;
    const rlimit limit{max_file_bytes, max_file_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);  // writes fail with EFBIG instead
    std::vector<char*> argv{const_cast<char*>(THRONG_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    if (chdir(folder_.path().c_str()) != 0 || freopen((name + "out").c_str(), "w", stdout) == nullptr ||
        freopen((name + "err").c_str(), "w", stderr) == nullptr) {
      _exit(126);
    }
    execv(THRONG_PROGRAM, argv.data());
    _exit(127);
  }

  Finished wait_for(pid_t child, const std::string& name = "") const {
    int status = 0;
    waitpid(child, &status, 0);
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            .out = read_file(folder_ / (name + "out"), ErrorKind::data),
            .err = read_file(folder_ / (name + "err"), ErrorKind::data)};
  }

  Finished throng(const std::vector<std::string>& arguments) const { return wait_for(start(arguments)); }

  Json json_of(const Finished& finished) const {
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return parse_json(finished.out, "stdout", ErrorKind::data).value();
  }

  TempFolder folder_;
};

}  // namespace throng
