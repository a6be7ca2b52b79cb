#include "llm/client.h"

#include "engine/base/error.h"

namespace throng::llm {

void throw_exception_from_error(const CallFailure& failure, const boost::source_location& /*where*/) {
  const bool is_our_mistake = failure.fault == CallFault::rejected || failure.fault == CallFault::too_large;
  throw Failure(is_our_mistake ? ErrorKind::usage : ErrorKind::stopped, failure.message);
}

}  // namespace throng::llm
