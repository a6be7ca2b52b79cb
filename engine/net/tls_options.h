#pragma once

#include <string>

namespace throng::net {

enum class CertificateCheck { on, off };

struct TlsOptions {
  CertificateCheck check = CertificateCheck::on;  ///< the chain, the dates and the host name
  std::string ca_file;  ///< PEM; takes the place of the system's authorities unless empty
};

}  // namespace throng::net
