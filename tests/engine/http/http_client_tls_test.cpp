#include <filesystem>

#include <netdb.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using testing::HasSubstr;

class HttpClientTlsTest : public Loopback {
 protected:
  void SetUp() override { write_file(ca_file_, pair_.certificate); }
  void TearDown() override { std::filesystem::remove(ca_file_); }

  HttpServer& serve_tls(HttpServer::Handler handler, const PemPair& pair) {
    return serve(std::move(handler), {.tls = pair});
  }
  TlsOptions trusting() const { return {.ca_file = ca_file_.string()}; }

  const PemPair pair_ = make_self_signed();
  const std::filesystem::path ca_file_ =
      std::filesystem::temp_directory_path() /
      ("throng_ca_" + std::to_string(::getpid()) + "_" +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".pem");
};

TEST_F(HttpClientTlsTest, TrustsTheGivenAuthority) {
  serve_tls(echo, pair_);
  HttpClient& client = connect({.tls = trusting()});
  const HttpResult first = call(client, post("safe"));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->body, "safe");
  EXPECT_GT(first->timings.tls.count(), 0);
  EXPECT_EQ(call(client, post("again"))->connection, Connection::reused);
}

TEST_F(HttpClientTlsTest, TrustsNobodyElseUnlessTold) {
  serve_tls(echo, pair_);
  const HttpResult result = call(connect(), post("x"));
  EXPECT_EQ(failure_kind(result), HttpFailureKind::certificate);
  EXPECT_THAT(result.error().message, HasSubstr("self-signed certificate"));
  EXPECT_TRUE(call(connect({.tls = {.check = CertificateCheck::off}}), post("x")));
}

TEST_F(HttpClientTlsTest, ChecksTheHost) {
  const PemPair other = make_self_signed({"elsewhere.example"});
  write_file(ca_file_, other.certificate);
  serve_tls(echo, other);
  const HttpResult by_address = call(connect({.tls = trusting()}), post("x"));
  EXPECT_EQ(failure_kind(by_address), HttpFailureKind::certificate);
  EXPECT_THAT(by_address.error().message, HasSubstr("IP address mismatch"));
  Url url = server_url();
  if (gethostbyname("localhost") == nullptr) GTEST_SKIP() << "this machine does not know localhost";
  url.host = "localhost";
  client_.emplace(io_, url, HttpClientOptions{.tls = trusting()});
  const HttpResult by_name = call(*client_, post("x"));
  EXPECT_EQ(failure_kind(by_name), HttpFailureKind::certificate);
  EXPECT_THAT(by_name.error().message, HasSubstr("hostname mismatch"));
}

TEST_F(HttpClientTlsTest, ResumesItsSession) {
  serve_tls(
      [](HttpRequest&&, Responder responder) {
        responder.send_raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        responder.end_raw(AfterRaw::close);
      },
      pair_);
  HttpClient& client = connect({.tls = trusting()});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(call(client, post("x")));
  EXPECT_EQ(client.stats().tls_handshakes, 3U);
  EXPECT_EQ(client.stats().tls_resumed, 2U);
  EXPECT_EQ(server_->stats().tls_resumed, 2U);
}

TEST_F(HttpClientTlsTest, LargeBodiesGoBothWays) {
  serve_tls(echo, pair_);
  const std::string body(1'000'000, 'x');
  EXPECT_EQ(call(connect({.tls = trusting()}), post(body))->body, body);
}

TEST_F(HttpClientTlsTest, AServerWithoutTlsIsAFailure) {
  serve(echo);
  Url url = server_url();
  url.scheme = "https";
  client_.emplace(io_, url, HttpClientOptions{});
  EXPECT_EQ(failure_kind(call(*client_, post("x"))), HttpFailureKind::tls);
}

TEST_F(HttpClientTlsTest, SaysThatACaFileCannotBeRead) {
  serve_tls(echo, pair_);
  EXPECT_THROW(connect({.tls = {.ca_file = "/nowhere/ca.pem"}}), Failure);
}

}  // namespace
}  // namespace throng::net
