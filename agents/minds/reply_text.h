#pragma once

#include <string>
#include <string_view>

namespace throng {

/// A reply as the readers take it: valid UTF-8, with the forms that keyboards of other scripts give to what a reply is built
/// of as in ASCII: full-width letters, digits, brackets and punctuation, 【】 and 〔〕 as square brackets, digits of other
/// scripts, and, behind a colon, digits in circles and ratings painted with stars ("★★★★☆" is "4/5"). A comma stays as it is where text
/// of its own script goes on.
std::string plain_reply(std::string_view reply);

}  // namespace throng
