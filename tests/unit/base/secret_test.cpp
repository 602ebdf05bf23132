#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/json_quote.hpp"

namespace tidegate {
namespace {

std::string lower_hex(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '%') continue;
    for (const auto at : {i + 1, i + 2}) {
      text[at] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
    }
  }
  return text;
}

// Encodes every second byte only.
std::string partly_encoded(const std::string& text) {
  static constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i % 2 == 0) {
      out += text[i];
    } else {
      out += {'%', k_hex[byte >> 4U], k_hex[byte & 15U]};
    }
  }
  return out;
}

std::string fully_encoded(const std::string& text) {
  std::ostringstream out;
  out << std::hex << std::uppercase;
  for (const char c : text) {
    const auto byte = static_cast<unsigned>(static_cast<unsigned char>(c));
    out << '%' << (byte < 16 ? "0" : "") << byte;
  }
  return out.str();
}

TEST(Secret, PrintsStars) {
  std::ostringstream out;
  out << Secret("hunter22");
  EXPECT_EQ(out.str(), "***");
  EXPECT_EQ(Secret("a"), Secret("a"));
  EXPECT_TRUE(Secret().empty());
}

class EveryPassword : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Odd, EveryPassword,
                         testing::Values("hunter22", "p@ss:w/rd", "100%sure", "50%41x",
                                         "it's\"it\"", "two words", "back\\slash", "tab\there\n",
                                         "%25%25%25", "äöü€", "a+b c&d=e", "%%%%", "https://x",
                                         "****x"));

TEST_P(EveryPassword, IsTakenOutOfAnyTextInEverySpelling) {
  const std::string password = GetParam();
  Redactor redactor;
  redactor.learn(Secret(password));
  for (const auto& spelling :
       {password, percent_encode(password), lower_hex(percent_encode(password)),
        fully_encoded(password), lower_hex(fully_encoded(password)), partly_encoded(password)}) {
    EXPECT_EQ(redactor.clean("<" + spelling + ">"), "<***>") << spelling;
    EXPECT_EQ(redactor.clean(spelling), "***") << spelling;
  }
  const auto json = nlohmann::json(password).dump();
  EXPECT_EQ(redactor.clean(json), "\"***\"");
  EXPECT_EQ(redactor.clean(json_quote(password)), "\"***\"");
}

TEST_P(EveryPassword, IsLearntFromAProperUri) {
  const std::string password = GetParam();
  const auto uri = "mongodb://user:" + percent_encode(password) + "@host:27017/db?tls=true";
  Redactor redactor;
  redactor.learn_uri(Secret(uri));
  EXPECT_EQ(redactor.clean("login with " + password + " failed"), "login with *** failed");
  EXPECT_EQ(redactor.clean("login with " + percent_encode(password) + " failed"),
            "login with *** failed");
  EXPECT_EQ(redactor.clean("cannot reach '" + uri + "'"), "cannot reach '***'");
  const auto other = redactor.clean("mongodb://user:" + password + "@elsewhere/");
  EXPECT_EQ(other.find(password), std::string::npos) << other;
}

TEST_P(EveryPassword, IsLearntFromAUriWhereItShouldHaveBeenEncoded) {
  const std::string password = GetParam();
  Redactor redactor;
  redactor.learn_uri(Secret("mongodb://user:" + password + "@host/db"));
  EXPECT_EQ(redactor.clean("login with " + password + " failed"), "login with *** failed");
}

TEST(Redactor, HidesEveryOccurrence) {
  Redactor redactor;
  redactor.learn(Secret("hunter22"));
  EXPECT_EQ(redactor.clean("hunter22hunter22 and hunter2"), "****** and hunter2");
}

TEST(Redactor, HidesTheLongerOfTwoSecretsFirst) {
  Redactor redactor;
  redactor.learn(Secret("pass"));
  redactor.learn(Secret("password-long"));
  redactor.learn(Secret("password"));
  EXPECT_EQ(redactor.clean("password-long password pass"), "*** *** ***");
}

TEST(Redactor, DoesNotLearnTextThatWouldBlankOutOrdinaryWords) {
  Redactor redactor;
  redactor.learn(Secret("abc"));
  redactor.learn(Secret(""));
  EXPECT_EQ(redactor.clean("abc and so on"), "abc and so on");
}

TEST(Redactor, HidesAShortPasswordBetweenItsMarks) {
  Redactor redactor;
  redactor.learn_uri(Secret("mongodb://user:pw@host/"));
  EXPECT_EQ(redactor.clean("no user:pw@host"), "no user:***@host");
  EXPECT_EQ(redactor.clean("no user:%70w@host"), "no user:***@host");
  EXPECT_EQ(redactor.clean("pw stays"), "pw stays");
}

TEST(Redactor, LeavesAUriWithoutSecretsReadable) {
  Redactor redactor;
  redactor.learn_uri(Secret("mongodb://127.0.0.1:27017/?replicaSet=rs0"));
  EXPECT_EQ(redactor.clean("no answer from mongodb://127.0.0.1:27017/?replicaSet=rs0"),
            "no answer from mongodb://127.0.0.1:27017/?replicaSet=rs0");
}

TEST(Redactor, LearnsSecretsAmongTheParametersOfAUri) {
  Redactor redactor;
  redactor.learn_uri(
      Secret("mongodb://h/?tls=true&tlsCertificateKeyFilePassword=key%2Fpass&appName=tidegate"));
  EXPECT_EQ(redactor.clean("key/pass key%2fpass tidegate true"), "*** *** tidegate true");
}

TEST(Redactor, LearnsAUriGivenAsAnOrdinarySecret) {
  Redactor redactor;
  redactor.learn(Secret("mongodb://user:hunter22@host/"));
  EXPECT_EQ(redactor.clean("hunter22"), "***");
}

TEST(Redactor, HidesPasswordsOfUrisItHasNeverSeen) {
  const Redactor redactor;
  const auto clean = [&](std::string_view text) { return redactor.clean(text); };
  EXPECT_EQ(clean("mongodb://u:pw@h/db"), "mongodb://u:***@h/db");
  EXPECT_EQ(clean("at 'mongodb+srv://u:p%40w@h/db'."), "at 'mongodb+srv://u:***@h/db'.");
  EXPECT_EQ(clean("postgresql://:pw@h"), "postgresql://:***@h");
  EXPECT_EQ(clean("a://u:p1@h b://v:p2@h"), "a://u:***@h b://v:***@h");
  EXPECT_EQ(clean("a://u:p1@h,b://v:p2@h"), "a://u:***@h,b://v:***@h");
  EXPECT_EQ(clean("mongodb://u:p@ss@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(clean("mongodb://u:p/w@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(clean("mongodb://u:p:w@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(clean("mongodb://u:p'\"w@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(clean("mongodb://u:p w@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(clean("mongodb://u:p%w@h1:27017,h2/?x=y"), "mongodb://u:***@h1:27017,h2/?x=y");
  EXPECT_EQ(clean(R"({"uri":"mongodb://u:pw@h/db","mail":"x@y"})"),
            R"({"uri":"mongodb://u:***@h/db","mail":"x@y"})");
}

TEST(Redactor, LeavesOrdinaryTextAlone) {
  const Redactor redactor;
  for (const auto* text :
       {"", "mongodb://host:27017/db", "http://host:80 sends mail to x@y", "https://a.b/c?d=e@f",
        "mongodb://user@host/", "12:30 x@y", "see docs://", "mongodb://h1:27017,h2:27018 as x@y",
        "a://b: refused, ask c@d"}) {
    EXPECT_EQ(redactor.clean(text), text);
  }
}

TEST(Redactor, CleaningTwiceChangesNothingMore) {
  Redactor redactor;
  redactor.learn_uri(Secret("mongodb://user:p@ss w/rd@host/"));
  const auto once = redactor.clean("mongodb://user:p@ss w/rd@elsewhere/ and mongodb://a:b@c");
  EXPECT_EQ(redactor.clean(once), once);
}

TEST(Redactor, MayLearnAndCleanInSeveralThreads) {
  Redactor redactor;
  std::thread learner([&] {
    for (int i = 0; i < 200; ++i) redactor.learn(Secret("secret-" + std::to_string(i)));
  });
  for (int i = 0; i < 200; ++i) EXPECT_EQ(redactor.clean("plain"), "plain");
  learner.join();
  EXPECT_EQ(redactor.clean("secret-7 secret-199"), "*** ***");
}

TEST(PercentEncode, KeepsTheUnreservedOnly) {
  EXPECT_EQ(percent_encode("a b"), "a%20b");
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("@:/%?#é"), "%40%3A%2F%25%3F%23%C3%A9");
}

TEST(PercentDecode, KeepsInvalidEscapes) {
  EXPECT_EQ(percent_decode("a%20b%2f%2F"), "a b//");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%%41"), "%zz%A");
  EXPECT_EQ(percent_decode(percent_encode("p@:/% '\"\n\xff")), "p@:/% '\"\n\xff");
}

TEST(Redactor, LearnsPasswordsOfKeywordsAndValues) {
  Redactor redactor;
  redactor.learn_uri(
      Secret(R"(host=db user=app password='it\'s \\ secret' sslpassword = top@secret)"));
  EXPECT_EQ(redactor.clean(R"(<it's \ secret>)"), "<***>");
  EXPECT_EQ(redactor.clean(R"(<it\'s \\ secret>)"), "<***>");
  EXPECT_EQ(redactor.clean("<it%27s%20%5C%20secret>"), "<***>");
  EXPECT_EQ(redactor.clean("<top@secret>"), "<***>");
  EXPECT_EQ(redactor.clean("user app on db"), "user app on db");
}

TEST(Redactor, LearnsAPasswordThatHoldsAUrl) {
  Redactor redactor;
  redactor.learn_uri(Secret("host=db password=http://x@y user=app"));
  EXPECT_EQ(redactor.clean("<http://x@y>"), "<***>");
}

TEST(Redactor, LearnsThePasswordThatLibpqReads) {
  Redactor redactor;
  redactor.learn_uri(Secret("postgresql://app:a?b#c@db/x?options=me@home"));
  EXPECT_EQ(redactor.clean("<a?b#c>"), "<***>");
}

TEST(Redactor, HidesTheValueAfterAPasswordKeyword) {
  const Redactor redactor;
  EXPECT_EQ(redactor.clean("host=db password=abc user=app"), "host=db password=*** user=app");
  EXPECT_EQ(redactor.clean("password = 'a \\' b' user=app"), "password = '***' user=app");
  EXPECT_EQ(redactor.clean("PGPASSWORD=abc"), "PGPASSWORD=***");
  EXPECT_EQ(redactor.clean("the password is wrong"), "the password is wrong");
  EXPECT_EQ(redactor.clean("password="), "password=");
}

}  // namespace
}  // namespace tidegate
