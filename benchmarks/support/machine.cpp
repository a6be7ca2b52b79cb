// Every benchmark says what it runs on: Google Benchmark prints cores and caches, this adds the rest.
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

namespace {

std::string cpu_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

[[maybe_unused]] const bool added = [] {
  benchmark::AddCustomContext("CPU", cpu_model());
  benchmark::AddCustomContext("Compiler", "g++ " __VERSION__);
  return true;
}();

}  // namespace
