#pragma once

#include "engine/net/http_message.h"
#include "engine/net/retry.h"

namespace throng::net {

// What an exchange tells those who decide about another one.

TransportFault transport_fault(HttpFailureKind kind);

/// `now` as in `read_server_hints`.
ServerHints hints_of(const HttpHeaders& headers, WallTime now);

}  // namespace throng::net
