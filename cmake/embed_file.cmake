# Writes HEADER: the bytes of SOURCE as a constexpr char array (string literals are limited to 64 KiB).
file(READ ${SOURCE} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
string(REGEX REPLACE "(('[^']*',){24})" "\\1\n" bytes "${bytes}")
file(WRITE ${HEADER} "#pragma once
#include <string_view>
namespace throng::embedded {
inline constexpr char ${SYMBOL}_bytes[] = {
${bytes}'\\0'};
inline constexpr std::string_view ${SYMBOL}{${SYMBOL}_bytes, sizeof(${SYMBOL}_bytes) - 1};
}  // namespace throng::embedded
")
