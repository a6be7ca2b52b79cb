#pragma once

#include "engine/net/http_message.h"
#include "engine/net/retry.h"

namespace throng::net {

/// What a failed exchange means to those who decide about another one.
TransportFault transport_fault(HttpFailureKind kind);

}  // namespace throng::net
