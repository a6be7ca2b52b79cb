#pragma once

#include <string>
#include <vector>

namespace throng::net {

struct PemPair {
  std::string certificate;
  std::string key;
};

/// A new certificate (EC P-256, valid from a day ago for `days`) that signs itself, for the given host names
/// and addresses. It can serve as its own CA file. Throws Failure(unexpected) if OpenSSL fails.
PemPair make_self_signed(const std::vector<std::string>& hosts = {"localhost", "127.0.0.1", "::1"},
                         int days = 30);

}  // namespace throng::net
