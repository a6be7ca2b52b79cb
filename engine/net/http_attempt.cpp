#include "engine/net/http_attempt.h"

namespace throng::net {

TransportFault transport_fault(HttpFailureKind kind) {
  switch (kind) {
    case HttpFailureKind::resolve:
    case HttpFailureKind::connect:
    case HttpFailureKind::proxy:
    case HttpFailureKind::tls:
      return TransportFault::connect;
    case HttpFailureKind::certificate:
      return TransportFault::certificate;
    case HttpFailureKind::timeout_connect:
    case HttpFailureKind::timeout_tls:
    case HttpFailureKind::timeout_first_byte:
    case HttpFailureKind::timeout_idle:
    case HttpFailureKind::timeout_total:
    case HttpFailureKind::stalled:
      return TransportFault::timeout;
    case HttpFailureKind::reset:
    case HttpFailureKind::dropped:
    case HttpFailureKind::canceled:
      return TransportFault::reset;
    case HttpFailureKind::truncated:
    case HttpFailureKind::malformed:
      return TransportFault::broken_reply;
    case HttpFailureKind::invalid_request:
    case HttpFailureKind::too_large:
      break;
  }
  return TransportFault::refused_by_us;
}

ServerHints hints_of(const HttpHeaders& headers, WallTime now) {
  return read_server_hints([&](std::string_view name) { return headers.find(name); }, now);
}

}  // namespace throng::net
