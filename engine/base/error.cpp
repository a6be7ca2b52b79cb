#include "engine/base/error.h"

namespace throng {

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) {
  throw Failure(error.kind, error.message);
}

}  // namespace throng
