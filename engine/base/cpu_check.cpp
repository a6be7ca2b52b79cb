// Everything else is compiled for x86-64-v3 (AVX2, FMA). This file is compiled for plain x86-64 and runs
// before any other initialiser, so that an older CPU gets a sentence instead of an illegal instruction.
#include <cstring>

#include <unistd.h>

namespace {

__attribute__((constructor(101))) void check_cpu() {
  __builtin_cpu_init();
  // What else is in x86-64-v3 (F16C, LZCNT, MOVBE) comes with these on every CPU that has been built.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("bmi2")) {
    return;
  }
  static const char message[] =
      "throng: this CPU lacks AVX2 or another part of x86-64-v3. Throng computes bit-equal results and is "
      "built for the "
      "that instruction set; run it on a CPU from 2015 or later.\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, message, std::strlen(message));
  _exit(1);
}

}  // namespace

namespace throng {
// Referenced by main, so that the linker keeps this file of the static library.
void require_cpu_checked() {}
}  // namespace throng
