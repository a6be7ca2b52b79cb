#include "engine/http/url.h"

#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "tests/engine/http/loopback.h"
#include "tests/engine/http/tunnel_proxy.h"

namespace throng::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Url, HasDefaultsForWhatIsLeftOut) {
  const Url url = parse_url("https://API.example.com").value();
  EXPECT_TRUE(url.secure());
  EXPECT_EQ(url.host, "api.example.com");
  EXPECT_EQ(url.port, 443);
  EXPECT_EQ(url.target, "/");
  EXPECT_EQ(url.authority(), "api.example.com");
  EXPECT_EQ(parse_url("http://a").value().port, 80);
}

TEST(Url, KeepsPathAndQueryAsTheyAre) {
  const Url url = parse_url("http://localhost:8080/v1/a%20b?api-version=1&x#part").value();
  EXPECT_EQ(url.target, "/v1/a%20b?api-version=1&x");
  EXPECT_EQ(url.origin(), "http://localhost:8080");
}

TEST(Url, KnowsIpv6Addresses) {
  const Url url = parse_url("http://[::1]:8080/").value();
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.authority(), "[::1]:8080");
  EXPECT_TRUE(is_ip_address(url.host));
  EXPECT_FALSE(is_ip_address("localhost"));
}

TEST(Url, DecodesUserInformationAndNeverShowsIt) {
  const Url url = parse_url("http://me:p%40ss@proxy:3128").value();
  EXPECT_EQ(url.user_info, "me:p@ss");
  EXPECT_EQ(url.origin(), "http://proxy:3128");
}

TEST(Url, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) { return parse_url(text).error().message; };
  EXPECT_THAT(message("localhost:8080"), HasSubstr("http"));
  EXPECT_THAT(message("ftp://a/"), HasSubstr("expected http:// or https://"));
  EXPECT_THAT(message("http://"), HasSubstr("names no host"));
  EXPECT_THAT(message("http://a:0/"), HasSubstr("port"));
  EXPECT_THAT(message("http://a:99999/"), HasSubstr("port"));
  EXPECT_THAT(message("http://a b/"), HasSubstr("\"http://a b/\""));
  EXPECT_THAT(message("http://a%0d%0ab/"), HasSubstr("control character"));
  EXPECT_THAT(message("http://user:secret@a b/"), Not(HasSubstr("secret")));
  EXPECT_THAT(message("ftp://a/?key=secret"), Not(HasSubstr("secret")));
}

class ProxyTest : public Loopback {
 protected:
  HttpResult call_through(const std::string& answer, const std::string& user_info = "") {
    serve(echo, {.tls = make_self_signed()});
    proxy_.emplace(
        io_, boost::asio::ip::tcp::endpoint{boost::asio::ip::make_address("127.0.0.1"), server_->port()},
        answer);
    return call(connect({.deadlines = {.connect = Milliseconds(500)},
                         .tls = {.check = CertificateCheck::off},
                         .proxy = parse_url("http://" + user_info + proxy_->address()).value()}),
                post("through"));
  }

  std::optional<TunnelProxy> proxy_;
};

TEST_F(ProxyTest, ATunnelCarriesTls) {
  const HttpResult result = call_through("HTTP/1.1 200 Connection established\r\n\r\n", "me:secret@");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "through");
  const std::string authority = server_url().authority();
  EXPECT_THAT(proxy_->asked(), ElementsAre("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority +
                                           "\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"));
  EXPECT_EQ(call(*client_, post("again"))->connection, Connection::reused);
}

TEST_F(ProxyTest, ARefusalIsAFailureThatShowsNoPassword) {
  const HttpResult result =
      call_through("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "me:secret@");
  EXPECT_EQ(failure_kind(result), HttpFailureKind::proxy);
  EXPECT_THAT(result.error().message, HasSubstr("407"));
  EXPECT_THAT(result.error().message, HasSubstr(proxy_->address()));
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

TEST_F(ProxyTest, NonsenseAndSilenceAreFailures) {
  EXPECT_EQ(failure_kind(call_through("nonsense\r\n\r\n")), HttpFailureKind::proxy);
  EXPECT_EQ(failure_kind(call_through("HTTP/1.1 2")), HttpFailureKind::timeout_connect);
}

TEST_F(ProxyTest, AnHttpsProxyIsRefusedAtOnce) {
  EXPECT_THROW(HttpClient(io_, parse_url("https://a").value(), {.proxy = parse_url("https://proxy").value()}),
               Failure);
}

TEST(Proxy, ListsOfExceptions) {
  EXPECT_TRUE(bypasses_proxy("api.example.com", "other, example.com"));
  EXPECT_TRUE(bypasses_proxy("example.com", ".EXAMPLE.com"));
  EXPECT_TRUE(bypasses_proxy("10.0.0.1", "10.0.0.1,"));
  EXPECT_TRUE(bypasses_proxy("anything", "*"));
  EXPECT_FALSE(bypasses_proxy("badexample.com", "example.com"));
  EXPECT_FALSE(bypasses_proxy("example.com", ", ,"));
}

class ProxyEnvironment : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"})
      ::unsetenv(name);
  }
  void TearDown() override { SetUp(); }
  static std::optional<Url> proxy_for(const char* origin) {
    return proxy_from_environment(parse_url(origin).value()).value();
  }
};

TEST_F(ProxyEnvironment, NamesTheProxyOfHttpsOrigins) {
  EXPECT_EQ(proxy_for("https://a"), std::nullopt);
  ::setenv("https_proxy", "proxy:3128", 1);
  EXPECT_EQ(proxy_for("https://a")->origin(), "http://proxy:3128");
  ::setenv("HTTPS_PROXY", "http://me:secret@upper:1", 1);
  EXPECT_EQ(proxy_for("https://a")->origin(), "http://upper:1");
  EXPECT_EQ(proxy_for("http://a"), std::nullopt);
  EXPECT_EQ(proxy_for("https://localhost"), std::nullopt);
  EXPECT_EQ(proxy_for("https://[::1]"), std::nullopt);
  ::setenv("NO_PROXY", "a", 1);
  EXPECT_EQ(proxy_for("https://a"), std::nullopt);
}

TEST_F(ProxyEnvironment, AWrongAddressNamesTheVariableAndNoPassword) {
  ::setenv("HTTPS_PROXY", "http://me:secret@a b", 1);
  const auto result = proxy_from_environment(parse_url("https://a").value());
  ASSERT_TRUE(result.has_error());
  EXPECT_THAT(result.error().message, HasSubstr("HTTPS_PROXY"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

}  // namespace

}  // namespace throng::net
