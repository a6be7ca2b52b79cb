#pragma once

namespace throng {

/// Call it from `main`: it links the check that runs before `main` and ends the process, with a clear
/// message, on a CPU without the x86-64-v3 instructions that all code is compiled for.
void require_cpu_checked();

}  // namespace throng
