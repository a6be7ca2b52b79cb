#include "engine/base/redact.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/json.h"

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kSecrets{"0123456789abcdef0123456789abcdef", "tiny"};

TEST(Redact, TheSecretsThemselves) {
  EXPECT_EQ(redact("key 0123456789abcdef0123456789abcdef is wrong, tiny too", kSecrets),
            "key [redacted] is wrong, [redacted] too");
  EXPECT_EQ(redact("0123456789abcdef01", kSecrets), "[redacted]");
  EXPECT_EQ(redact("0123456 is too little to tell", kSecrets), "0123456 is too little to tell");
}

TEST(Redact, WhateverLooksLikeAKey) {
  EXPECT_EQ(redact("Incorrect API key provided: sk-proj-****wxyz.", {}),
            "Incorrect API key provided: [redacted]");
  EXPECT_EQ(redact("{\"authorization\":\"Bearer abc.def-ghi_jkl\"}", {}),
            "{\"authorization\":\"Bearer [redacted]\"}");
  EXPECT_EQ(redact("a task-forced risk-averse sk-1 user", {}), "a task-forced risk-averse sk-1 user");
}

TEST(Redact, NothingElseIsTouched) {
  EXPECT_EQ(redact("", kSecrets), "");
  EXPECT_EQ(redact("model `gpt` not found", kSecrets), "model `gpt` not found");
  const std::vector<std::string> none{""};
  EXPECT_EQ(redact("abc", none), "abc");
}

const std::string kKey = "Q7/x+e2Kd9-mZ_p4Lw8sT1vB";

std::string percent_encoded(const std::string& text, bool everything) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 && !everything;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned>(c));
  }
  return encoded;
}

/// Of RFC 4648, straightforwardly.
std::string base64(const std::string& bytes, bool url_safe, bool padded) {
  const std::string letters = std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") +
                              (url_safe ? "-_" : "+/");
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    const std::size_t letters_used = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      if (k < letters_used)
        text += letters[group >> (18 - 6 * k) & 63U];
      else if (padded)
        text += '=';
    }
  }
  return text;
}

TEST(Redact, EscapedSecrets) {
  const Secrets secrets(std::vector<std::string>{kKey});
  const std::string once = Json(kKey).dump();
  std::string unicode;
  for (const char c : kKey) unicode += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  std::string slashes = kKey;
  slashes.insert(slashes.find('/'), "\\");
  std::string html = kKey;
  html.replace(html.find('/'), 1, "&#x2F;");
  for (const std::string& form :
       {percent_encoded(kKey, false), percent_encoded(kKey, true),
        percent_encoded(percent_encoded(kKey, false), false), unicode, slashes, Json(unicode).dump(), html}) {
    EXPECT_THAT(redact("got " + form + ", sorry", secrets),
                AllOf(HasSubstr("[redacted]"), HasSubstr("sorry")))
        << form;
    EXPECT_THAT(redact(form, secrets).size(), ::testing::Le(14U)) << form;
  }
  const Secrets odd(std::vector<std::string>{"pass\"word\\and&more"});
  EXPECT_EQ(Json::parse(redact(Json("a pass\"word\\and&more b").dump(), odd)), "a [redacted] b");
  EXPECT_EQ(redact("pass&quot;word\\and&amp;more", odd), "[redacted]");
}

TEST(Redact, Base64AtAnyPlace) {
  const Secrets secrets(std::vector<std::string>{kKey});
  std::mt19937 random(1);
  const std::string whole = base64(kKey, false, true);
  for (std::size_t before = 0; before < 12; ++before) {
    for (std::size_t after = 0; after < 4; ++after) {
      for (const bool url_safe : {false, true}) {
        for (const bool padded : {false, true}) {
          std::string bytes(before, ' ');
          for (char& c : bytes) c = static_cast<char>(random() % 256);
          const std::string encoded = base64(bytes + kKey + std::string(after, 'z'), url_safe, padded);
          const std::string left = redact("Basic " + encoded + " is wrong", secrets);
          EXPECT_THAT(left, HasSubstr("[redacted]")) << encoded;
          // What stays is of the neighbours, and of the key at most four bits at either end.
          EXPECT_LE(left.size(), std::string("Basic [redacted] is wrong").size() + (before * 4 + 2) / 3 + 1 +
                                     (after * 4 + 2) / 3 + 1 + 2)
              << encoded << " " << left;
          std::string escaped = encoded;
          if (escaped.ends_with("=")) escaped.replace(escaped.find('='), 1, "%3D");
          EXPECT_THAT(redact(percent_encoded(encoded, false), secrets), HasSubstr("[redacted]"));
        }
      }
    }
  }
}

TEST(Redact, OfDataOnlyWholeSecretsAndLongStarts) {
  const Secrets secrets(std::vector<std::string>{kKey, "ollama", "no-key-needed-here"});
  const auto redacted = [&](std::string text) {
    redact_data(text, secrets);
    return text;
  };
  EXPECT_EQ(redacted("{\"reason\": \"" + kKey + "\"}"), "{\"reason\": \"[redacted]\"}");
  EXPECT_EQ(redacted(kKey.substr(0, 16)), "[redacted]");
  EXPECT_EQ(redacted(base64("user:" + kKey, false, true)).size(), 10U + std::string("dXNlcj").size() + 3);
  // A key like "ollama" is none, and a film is no key.
  for (const char* text :
       {"an ollama", "no-key-n", "The Standard Bearer Chronicles", "sk-eleton-of-a-plot", "100% \\n & more"})
    EXPECT_EQ(redacted(text), text);
}

TEST(Redact, JsonStaysValid) {
  const Secrets secrets(std::vector<std::string>{kKey});
  std::mt19937 random(2);
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text;
    for (int part = 0; part < 6; ++part) {
      text += std::vector<std::string>{
          "\n", "\\", "\"", "u", "%25", kKey, base64("x" + kKey, true, false)}[random() % 7];
    }
    std::string json = Json(text).dump();
    if (random() % 2 == 0) json = Json(json).dump();
    redact_data(json, secrets);
    EXPECT_TRUE(Json::accept(json)) << json;
    EXPECT_THAT(json, Not(HasSubstr(kKey.substr(4))));
  }
}

TEST(Redact, SecretsAddUp) {
  const Secrets a(std::vector<std::string>{"first-secret"});
  const Secrets b(std::vector<std::string>{"second-secret", "abc"});
  EXPECT_EQ(redact("first-secret second-secret abc", a + b), "[redacted] [redacted] abc");
  EXPECT_TRUE((Secrets() + Secrets(std::vector<std::string>{"abc", ""})).empty());
}

TEST(ErrorText, IsShortPrintableAndRedactedBeforeItIsCut) {
  const std::string text = error_text(std::string(kMaxErrorText - 10, 'x') + kSecrets[0], kSecrets);
  EXPECT_LE(text.size(), kMaxErrorText);
  EXPECT_THAT(text, Not(HasSubstr("0123")));
  EXPECT_EQ(error_text("a\x1b[31m\n\xff", {}), "a [31m \xEF\xBF\xBD");
}

TEST(ErrorText, CutsBetweenCharacters) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'a');
    while (text.size() < 2 * kMaxErrorText) text += "\xF0\x9F\x98\x80";
    const std::string cut = error_text(text, {});
    EXPECT_LE(cut.size(), kMaxErrorText);
    EXPECT_EQ((cut.size() - 3 - shift) % 4, 0U);
  }
}

TEST(Redact, SecretsThatHoldWhatEscapesAreFound) {
  for (const std::string secret :
       {R"(C:\\share\\pass)", R"(100%25+tax-1)", R"(a&amp;b&lt;c-9)", R"(u\u0041-u\u0042)"}) {
    const Secrets secrets({secret});
    std::string raw = "x " + secret + " y";
    redact_data(raw, secrets);
    EXPECT_EQ(raw, "x [redacted] y");
    std::string json = Json(secret).dump();
    redact_data(json, secrets);
    EXPECT_EQ(json, "\"[redacted]\"") << secret;
  }
}

}  // namespace
}  // namespace throng
