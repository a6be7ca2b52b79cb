#include "engine/http/http_server.h"

#include <memory>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "engine/base/error.h"
#include "engine/http/acceptor.h"
#include "engine/http/url.h"

namespace throng::net {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

void check(bool fine) {
  if (!fine) throw Failure(ErrorKind::unexpected, "OpenSSL could not make a certificate");
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string text;
  for (const std::string& host : hosts) {
    text += (text.empty() ? "" : ",") + std::string(is_ip_address(host) ? "IP:" : "DNS:") + host;
  }
  return text;
}

std::string text_of(const Memory& memory) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

}  // namespace

PemPair make_self_signed(const std::vector<std::string>& hosts, int days) {
  check(!hosts.empty());
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  check(key && certificate);

  std::uint32_t serial = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  constexpr long day = 24L * 60 * 60;
  X509* const x509 = certificate.get();
  check(X509_set_version(x509, X509_VERSION_3) == 1);
  check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), std::uint64_t{serial} + 1) == 1);
  check(X509_gmtime_adj(X509_getm_notBefore(x509), -day) &&
        X509_gmtime_adj(X509_getm_notAfter(x509), days * day));
  check(X509_set_pubkey(x509, key.get()) == 1);

  X509_NAME* const name = X509_get_subject_name(x509);
  const auto* common_name = reinterpret_cast<const unsigned char*>(hosts.front().c_str());
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1);
  check(X509_set_issuer_name(x509, name) == 1);
  add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(x509, NID_subject_alt_name, alternative_names(hosts));
  check(X509_sign(x509, key.get(), EVP_sha256()) > 0);

  const Memory certificate_text(BIO_new(BIO_s_mem()));
  const Memory key_text(BIO_new(BIO_s_mem()));
  check(certificate_text && PEM_write_bio_X509(certificate_text.get(), x509) == 1);
  check(key_text &&
        PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(certificate_text), text_of(key_text)};
}

Responder::Responder(boost::intrusive_ptr<ServerConnection> connection, std::uint64_t serial)
    : connection_(std::move(connection)), serial_(serial) {}
Responder::Responder(const Responder&) = default;
Responder::Responder(Responder&&) noexcept = default;
Responder& Responder::operator=(const Responder&) = default;
Responder& Responder::operator=(Responder&&) noexcept = default;
Responder::~Responder() = default;

void Responder::send(int status, const HttpHeaders& headers, std::string_view body) {
  if (open()) connection_->send(status, headers, body);
}
void Responder::start_stream(int status, const HttpHeaders& headers) {
  if (open()) connection_->start_stream(status, headers);
}
void Responder::write_chunk(std::string_view bytes) {
  if (open()) connection_->write_chunk(bytes);
}
void Responder::finish() {
  if (open()) connection_->finish();
}
void Responder::send_raw(std::string_view bytes) {
  if (open()) connection_->send_raw(bytes);
}
void Responder::end_raw(AfterRaw then) {
  if (open()) connection_->end_raw(then);
}
void Responder::reset() {
  if (open()) connection_->reset();
}
bool Responder::open() const { return connection_ && connection_->answers(serial_); }
std::size_t Responder::unsent() const { return connection_ ? connection_->unsent() : 0; }

HttpServer::HttpServer(boost::asio::io_context& io, HttpServerOptions options, Handler handler)
    : acceptor_(new Acceptor(io, std::move(options), std::move(handler))) {
  acceptor_->start();
}

HttpServer::~HttpServer() { acceptor_->shut(); }

std::uint16_t HttpServer::port() const { return acceptor_->endpoint().port(); }

std::string HttpServer::origin() const {
  Url url;
  url.scheme = acceptor_->options().tls ? "https" : "http";
  url.host = acceptor_->endpoint().address().to_string();
  url.port = port();
  return url.origin();
}

void HttpServer::stop() { acceptor_->stop(); }

HttpServerStats HttpServer::stats() const { return acceptor_->stats(); }

}  // namespace throng::net
