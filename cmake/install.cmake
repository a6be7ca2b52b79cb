# `make install` installs the component `program`: throng, its scenarios and schemas, manual page and completions. `make
# package` puts it into a .deb. `cmake --install build/release --prefix DIR` also installs the component `development`: the
# libraries with their headers and a package: find_package(throng), throng::throng. scenarios/examples/own_recommender
# uses it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/throng)
set(written ${PROJECT_BINARY_DIR}/written)

install(TARGETS throng COMPONENT program)
install(FILES scenarios/adverts.json scenarios/position.json scenarios/augmentation.json scenarios/causal.json scenarios/demo.json scenarios/filter_bubble.json scenarios/llm-demo.json scenarios/million.json scenarios/recommenders.json scenarios/sensitivity.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/throng/scenarios COMPONENT program)
install(DIRECTORY scenarios/schema scenarios/minds DESTINATION ${CMAKE_INSTALL_DATADIR}/throng/scenarios COMPONENT program)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT program)
install(FILES ${written}/throng.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${written}/throng.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME throng
  COMPONENT program)
install(FILES ${written}/_throng DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES ${written}/throng.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)

add_library(throng_package INTERFACE)
target_link_libraries(throng_package INTERFACE scenarios_cli)
set_target_properties(throng_package PROPERTIES EXPORT_NAME throng)
get_property(libraries GLOBAL PROPERTY THRONG_LIBRARIES)
install(TARGETS throng_package throng_settings throng_warnings throng_kernels throng_unhurried ${libraries} EXPORT throng
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/throng COMPONENT development)
install(EXPORT throng NAMESPACE throng:: DESTINATION ${package} FILE throng-targets.cmake COMPONENT development)
install(DIRECTORY engine recsys llm agents scenarios DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/throng
  COMPONENT development FILES_MATCHING PATTERN "*.h")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/throng-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/dependencies.cmake cmake/throng-config.cmake ${PROJECT_BINARY_DIR}/throng-config-version.cmake
  DESTINATION ${package} COMPONENT development)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR Throng)
set(CPACK_PACKAGE_CONTACT "The Throng developers <throng@throng.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "a population of users in front of a recommender system")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME throng)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
