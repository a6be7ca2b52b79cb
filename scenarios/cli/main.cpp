#include "engine/base/process.h"
#include "scenarios/cli/command_line.h"

int main(int argc, char** argv) {
  throng::require_cpu_checked();
  return throng::run_command_line(argc, argv);
}
