# How everything is compiled. Results must be bit-equal on every x86-64-v3 machine, so the instruction set is
# fixed and the compiler may neither contract nor reorder floating-point arithmetic.
option(THRONG_TESTS "build the tests" ON)
option(THRONG_BENCHMARKS "build the benchmarks" OFF)
option(THRONG_MPI "spread runs over the processes of mpirun" OFF)
option(THRONG_FUZZERS "build the fuzz targets (clang only)" OFF)
set(THRONG_SANITIZE "" CACHE STRING "sanitizers to build with: empty, 'address,undefined' or 'thread'")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# ccache is used when it is there; it must not mind that precompiled headers carry the time of their making.
find_program(THRONG_CCACHE ccache)
if(THRONG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${THRONG_CCACHE})
endif()

add_library(throng_settings INTERFACE)
target_include_directories(throng_settings INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated> $<INSTALL_INTERFACE:include/throng>)
target_compile_features(throng_settings INTERFACE cxx_std_20)
target_compile_options(throng_settings INTERFACE -march=x86-64-v3 -ffp-contract=off)
target_compile_definitions(throng_settings INTERFACE 
  EIGEN_DONT_PARALLELIZE EIGEN_MAX_ALIGN_BYTES=32 EIGEN_FAST_MATH=0 JSON_USE_IMPLICIT_CONVERSIONS=0)
if(THRONG_SANITIZE)
  target_compile_options(throng_settings INTERFACE -fsanitize=${THRONG_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(throng_settings INTERFACE -fsanitize=${THRONG_SANITIZE})
endif()
if(THRONG_SANITIZE STREQUAL "address,undefined")
  target_compile_options(throng_settings INTERFACE -fno-sanitize-recover=all)
endif()
if(THRONG_FUZZERS)
  # What clang 14 writes before functions for its "function" check, its assembler refuses before coroutines.
  target_compile_options(throng_settings INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()
if(THRONG_SANITIZE STREQUAL "thread")
  # Debian's TBB is not instrumented: run on plain threads, so that every report is about our own code.
  target_compile_definitions(throng_settings INTERFACE THRONG_PLAIN_THREADS)
  # Asio has fences, which it does not understand; g++ warns of them.
  target_compile_options(throng_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()

add_library(throng_warnings INTERFACE)
target_compile_options(throng_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wconversion -Wno-sign-conversion
  -Wno-missing-field-initializers -Werror)

if(THRONG_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Sanitizers keep g++ from seeing some initialisations (its manual says so).
  target_compile_options(throng_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

if(CMAKE_UNITY_BUILD)
  # Eight files are read as one, so that what they include is instantiated once; the preset `debug` and clang-tidy read each
  # by itself. What is in an anonymous namespace is then not in "the main file" any more, which alone this warning is about.
  target_compile_options(throng_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

# g++ would collect garbage again and again below this size of its heap: an eighth of the time of a file that expands many
# templates. Its share of memory stays below a gigabyte.
target_compile_options(throng_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=524288>)

# The arithmetic of the recommenders: loops of fixed length over registers are only unrolled by -O3. Same bits. With a precompiled
# header that was made at -O2 g++ 12 does not unroll them either: such libraries go without, or a million agents take 2.7 times as
# long.
add_library(throng_kernels INTERFACE)
target_compile_options(throng_kernels INTERFACE $<$<CONFIG:Release>:-O3> $<$<CONFIG:RelWithDebInfo>:-O2>)
function(throng_has_kernels name)
  target_link_libraries(${name} PRIVATE throng_kernels)
  set_target_properties(${name} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
endfunction()

# Reads a command line or writes a report: optimising it takes g++ a quarter of its time, and nobody notices.
add_library(throng_unhurried INTERFACE)
target_compile_options(throng_unhurried INTERFACE $<$<CONFIG:Release>:-O1>)

# What most files include is read once for all of them.
set(THRONG_PRECOMPILED <algorithm> <array> <chrono> <cmath> <coroutine> <cstdint> <filesystem> <functional> <map> <memory>
  <optional> <ranges> <span> <string> <string_view> <tuple> <unordered_map> <utility> <variant> <vector>
  <boost/system/result.hpp> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)
function(throng_precompiled name)
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${name} PRIVATE throng_settings throng_warnings fmt::fmt nlohmann_json::nlohmann_json Boost::headers)
  target_precompile_headers(${name} PRIVATE ${THRONG_PRECOMPILED})
endfunction()

# throng_library(name SOURCES a.cpp b.cpp LINKS lib...): one static library per folder, with the precompiled headers of all. Headers of
# its own to precompile cost a folder more than reading them in the two or three files that a unity build has.
function(throng_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY THRONG_LIBRARIES ${name})
  target_link_libraries(${name} PUBLIC throng_settings ${ARG_LINKS} PRIVATE throng_warnings)
  target_precompile_headers(${name} REUSE_FROM throng_precompiled)
endfunction()
