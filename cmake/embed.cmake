# throng_embed(target FILE path SYMBOL name): makes the text of a file of this folder, or of one with an absolute path,
# available to `target` as
#   #include "embedded/<name>.h"   ->   inline constexpr std::string_view throng::embedded::<name>
add_custom_target(embedded_files)
function(throng_embed target)
  cmake_parse_arguments(ARG "" "FILE;SYMBOL" "" ${ARGN})
  cmake_path(ABSOLUTE_PATH ARG_FILE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE source)
  set(header ${PROJECT_BINARY_DIR}/generated/embedded/${ARG_SYMBOL}.h)
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DHEADER=${header} -DSYMBOL=${ARG_SYMBOL}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${source} ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    COMMENT "Embedding ${ARG_FILE}" VERBATIM)
  target_sources(${target} PRIVATE ${header})
  add_custom_target(embed_${ARG_SYMBOL} DEPENDS ${header})
  add_dependencies(embedded_files embed_${ARG_SYMBOL})
endfunction()
