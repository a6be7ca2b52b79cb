set(THRONG_TESTS OFF)
set(THRONG_BENCHMARKS OFF)
include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/throng-targets.cmake)
