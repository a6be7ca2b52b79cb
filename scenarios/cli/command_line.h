#pragma once

namespace throng {

/// The whole of `throng`: parses the command line, runs the command and returns the exit code. Error messages
/// go to stderr.
int run_command_line(int argc, const char* const* argv);

}  // namespace throng
