# `cmake --install build/release --prefix DIR` installs the program, and the libraries with their headers and a
# package: find_package(throng), throng::throng. scenarios/examples/own_recommender uses it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/throng)

add_library(throng_package INTERFACE)
target_link_libraries(throng_package INTERFACE scenarios_cli)
set_target_properties(throng_package PROPERTIES EXPORT_NAME throng)

get_property(libraries GLOBAL PROPERTY THRONG_LIBRARIES)
install(TARGETS throng)
install(TARGETS throng_package throng_settings throng_warnings throng_kernels ${libraries} EXPORT throng
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/throng)
install(EXPORT throng NAMESPACE throng:: DESTINATION ${package} FILE throng-targets.cmake)
install(DIRECTORY engine recsys llm agents scenarios DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/throng
  FILES_MATCHING PATTERN "*.h")
install(FILES cmake/dependencies.cmake cmake/throng-config.cmake DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/throng-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/throng-config-version.cmake DESTINATION ${package})
