#include "engine/postgresql/driver/connection.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <array>

#include "base/child.hpp"
#include "base/error.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Conninfo read(const std::string& uri, const std::string& username = {},
              const std::string& password = {}) {
  return Conninfo({Secret(uri), username, Secret(password), "databases.shop.production.uri"});
}

Error refusal(const std::string& uri) {
  try {
    read(uri);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "was read: " << uri;
  return Error(ErrorKind::internal, "");
}

// Runs a child like PostgreSQL's programs: with the descriptor and the environment.
std::string seen_by_a_child(const ServiceFile& file, const std::string& script) {
  ChildCommand command;
  command.argv = {"sh", "-c", script};
  command.environment = file.environment();
  command.descriptors = {file.descriptor()};
  command.out = ChildStream::pipe();
  return run_child(command, std::chrono::seconds(30)).out;
}

TEST(Conninfo, ReadsUrls) {
  const auto conninfo = read("postgresql://app:p%40ss@db.example:5433/shop?sslmode=require");
  EXPECT_EQ(conninfo.value("user"), "app");
  EXPECT_EQ(conninfo.value("password"), "p@ss");
  EXPECT_EQ(conninfo.value("dbname"), "shop");
  EXPECT_EQ(conninfo.value("sslmode"), "require");
  EXPECT_EQ(conninfo.display(), "db.example:5433");
}

TEST(Conninfo, ReadsKeywordsAndValues) {
  const auto conninfo = read(R"(host=db user = app password='it\'s a \\ p@ss' dbname=shop)");
  EXPECT_EQ(conninfo.value("password"), R"(it's a \ p@ss)");
  EXPECT_EQ(conninfo.display(), "db:5432");
}

TEST(Conninfo, IsTheSameAsAUrl) {
  for (const auto* text : {"postgresql://app:p%40s%2Fs@db.example:5433/shop?sslmode=require",
                           "host=/run/pg dbname='a b'", "host=a,b port=1,2 user=u",
                           "host=::1 port=5 password='p?&#% x' options='-c role=a\\\\ b'",
                           "hostaddr=127.0.0.1 user=u"}) {
    const auto conninfo = read(text);
    EXPECT_EQ(read(url_of(conninfo)).values(), conninfo.values()) << url_of(conninfo);
  }
}

std::vector<std::string> each(const std::string& text, const std::string& keyword = {}) {
  std::vector<std::string> all;
  for (const auto& one : read(text).each_host()) {
    all.push_back(one.display() + (keyword.empty() ? "" : " " + one.value(keyword)));
  }
  return all;
}

TEST(Conninfo, SeparatesItsHosts) {
  EXPECT_THAT(each("postgresql://a:1,b:2/x"), ElementsAre("a:1", "b:2"));
  EXPECT_THAT(each("host=a,b,c port=7"), ElementsAre("a:7", "b:7", "c:7"));
  EXPECT_THAT(each("host=a,/run/pg hostaddr=10.0.0.1,", "hostaddr"),
              ElementsAre("a:5432 10.0.0.1", "/run/pg:5432 "));
  EXPECT_THAT(each("hostaddr=10.0.0.1,10.0.0.2"), ElementsAre("10.0.0.1:5432", "10.0.0.2:5432"));
  EXPECT_THAT(each("host=a,b hostaddr=10.0.0.1"), ElementsAre("a:5432,b:5432"));
  EXPECT_THAT(each("host=a"), ElementsAre("a:5432"));
  EXPECT_THAT(each("host=a,b target_session_attrs=prefer-standby", "target_session_attrs"),
              ElementsAre("a:5432 standby", "b:5432 standby", "a:5432 any", "b:5432 any"));
  EXPECT_THAT(each("host=a,b target_session_attrs=read-write", "target_session_attrs"),
              ElementsAre("a:5432 read-write", "b:5432 read-write"));
}

TEST(Conninfo, ShowsEveryKindOfHost) {
  EXPECT_EQ(read("postgresql://[::1]:5433/x").display(), "[::1]:5433");
  EXPECT_EQ(read("postgresql://a:1,b:2/x").display(), "a:1,b:2");
  EXPECT_EQ(read("postgresql://a,b/x").display(), "a:5432,b:5432");
  EXPECT_EQ(read("host=a,b,c port=7").display(), "a:7,b:7,c:7");
  EXPECT_EQ(read("postgresql://%2Frun%2Fpostgresql/x").display(), "/run/postgresql:5432");
  EXPECT_EQ(read("hostaddr=10.0.0.1").display(), "10.0.0.1:5432");
  EXPECT_EQ(read("postgresql://").display(), "localhost:5432");
}

TEST(Conninfo, FillsInUserAndPasswordThatTheUrlLacks) {
  const auto conninfo = read("postgresql://db/", "app", "p@:/%'\" \\");
  EXPECT_EQ(conninfo.value("user"), "app");
  EXPECT_EQ(conninfo.value("password"), "p@:/%'\" \\");
  EXPECT_EQ(conninfo.value("dbname"), "postgres");
  EXPECT_EQ(conninfo.value("keepalives_idle"), "60");
}

TEST(Conninfo, PrefersTheUrlsOwnValues) {
  const auto conninfo =
      read("postgresql://other:own@db/shop?keepalives_idle=5", "app", "beside it");
  EXPECT_EQ(conninfo.value("user"), "other");
  EXPECT_EQ(conninfo.value("password"), "own");
  EXPECT_EQ(conninfo.value("keepalives_idle"), "5");
}

TEST(Conninfo, TakesAnyDatabaseName) {
  const auto conninfo = read("postgresql://db/shop");
  EXPECT_EQ(
      conninfo.with_database(DatabaseName("a=b c'\"ü", EngineKind::postgresql)).value("dbname"),
      "a=b c'\"ü");
  EXPECT_EQ(conninfo.value("dbname"), "shop");
  EXPECT_EQ(conninfo.with("dbname", "").value("dbname"), "");
}

TEST(Conninfo, EndsItsPointersWithNull) {
  const auto conninfo = read("host=db");
  const auto pointers = conninfo.pointers();
  ASSERT_EQ(pointers.keywords.size(), pointers.values.size());
  EXPECT_EQ(pointers.keywords.back(), nullptr);
  EXPECT_EQ(pointers.values.back(), nullptr);
  EXPECT_EQ(pointers.keywords.size(), conninfo.values().size() + 1);
}

class Unreadable : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(
    Spellings, Unreadable,
    testing::Values("postgresql://app:hunter/22@db/x", "postgresql://app:hunt@er22@db/x",
                    "postgresql://app:hunter%zz22@db/x", "postgresql://app:hunter22@db:port/x",
                    "password=hunter 22 host=db", "password='hunter22 host=db",
                    "host=db pasword=hunter22", "postgresql://db/x?pasword=hunter22",
                    "postgresql://app:hunter22@[::1/x", "postgresql://app:hunter22@db/x?hunter22",
                    "hunter22", "postgresql://app:hunter%0022@db/x", "mysql://app:hunter22@db/x",
                    "service=hunter22"));

TEST_P(Unreadable, IsRefusedWithoutQuotingIt) {
  const auto error = refusal(GetParam());
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.context(), "databases.shop.production.uri");
  EXPECT_THAT(error.message(), HasSubstr("cannot read the connection string: "));
  EXPECT_FALSE(error.hint().empty());
  for (const auto* piece : {"hunt", "22"}) {
    EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr(piece))) << GetParam();
  }
}

TEST(ServiceFile, HoldsEveryValueExactly) {
  const ServiceFile file(read("postgresql://app@db/x", {}, " it's \"#1\" = p@:/%\\ü"));
  const auto text = seen_by_a_child(file, "cat $PGSERVICEFILE");
  EXPECT_THAT(text, HasSubstr("[tidegate]\n"));
  EXPECT_THAT(text, HasSubstr("\npassword= it's \"#1\" = p@:/%\\ü\n"));
  EXPECT_THAT(text, HasSubstr("\nhost=db\n"));
  EXPECT_EQ(ServiceFile::argument(), "--dbname=service=tidegate");
}

TEST(ServiceFile, PassesValuesThatItCannotHoldByTheEnvironment) {
  for (const std::string password : {"two\nlines", "at the end ", "tab\t", "cr\r"}) {
    const ServiceFile file(read("host=db", "app", password));
    EXPECT_THAT(seen_by_a_child(file, "cat $PGSERVICEFILE"), Not(HasSubstr("password")));
    EXPECT_EQ(seen_by_a_child(file, "printf '%s|' \"$PGPASSWORD\""), password + "|");
  }
  const std::string words(300, 'w');
  const ServiceFile file(read("host=db", "app", words));
  EXPECT_EQ(seen_by_a_child(file, "printf %s \"$PGPASSWORD\""), words);
}

TEST(ServiceFile, RefusesAValueThatCanBePassedInNeitherWay) {
  try {
    const ServiceFile file(read("host=db").with("sslpassword", "two\nlines"));
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr("'sslpassword'"));
    EXPECT_THAT(error.message(), Not(HasSubstr("two")));
  }
}

TEST(ServiceFile, IsInvisibleToOtherChildren) {
  const ServiceFile file(read("host=db", "app", "hunter22"));
  ChildCommand command;
  command.argv = {"sh", "-c", "ls -l /proc/self/fd"};
  command.out = ChildStream::pipe();
  EXPECT_THAT(run_child(command, std::chrono::seconds(30)).out, Not(HasSubstr("tidegate-service")));
  EXPECT_THAT(seen_by_a_child(file, "ls -l /proc/self/fd"), HasSubstr("tidegate-service"));
}

TEST(ServiceFile, DoesNotChangeTheEncodingOfAnArchive) {
  const ServiceFile file(read("host=db client_encoding=LATIN1"));
  EXPECT_THAT(seen_by_a_child(file, "cat $PGSERVICEFILE"), Not(HasSubstr("LATIN1")));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
