# throng_embed(target FILE path SYMBOL name): makes the file's text available to `target` as
#   #include "embedded/<name>.h"   ->   inline constexpr std::string_view throng::embedded::<name>
add_custom_target(embedded_files)
function(throng_embed target)
  cmake_parse_arguments(ARG "" "FILE;SYMBOL" "" ${ARGN})
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FILE})
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
