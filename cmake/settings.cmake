# How everything is compiled. Results must be bit-equal on every x86-64-v3 machine, so the instruction set is
# fixed and the compiler may neither contract nor reorder floating-point arithmetic.
option(THRONG_TESTS "build the tests" ON)
option(THRONG_BENCHMARKS "build the benchmarks" OFF)
option(THRONG_FUZZERS "build the fuzz targets (clang only)" OFF)
set(THRONG_SANITIZE "" CACHE STRING "sanitizers to build with: empty, 'address,undefined' or 'thread'")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

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

# The arithmetic of the recommenders: loops of fixed length over registers are only unrolled by -O3. Same bits.
add_library(throng_kernels INTERFACE)
target_compile_options(throng_kernels INTERFACE $<$<CONFIG:Release>:-O3>)

# throng_library(name SOURCES a.cpp b.cpp LINKS lib...): one static library per folder.
function(throng_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY THRONG_LIBRARIES ${name})
  target_link_libraries(${name} PUBLIC throng_settings ${ARG_LINKS} PRIVATE throng_warnings)
endfunction()
