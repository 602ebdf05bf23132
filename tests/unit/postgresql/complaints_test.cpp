#include "engine/postgresql/driver/complaints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Complaints heard(const std::string& text, const std::string& program = "pg_dump") {
  Complaints complaints(program);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) complaints.add(line);
  return complaints;
}

ErrorKind kind_of(const std::string& text, const std::string& program = "pg_dump") {
  return translate(heard(program + ": error: " + text, program), "exit code 1").kind();
}

TEST(Complaints, KeepErrorsWithTheirDetailsAndNothingElse) {
  const auto complaints = heard(
      "pg_dump: last built-in OID is 16383\n"
      "pg_dump: reading schemas\n"
      "pg_dump: error: query failed: ERROR:  permission denied for table a\n"
      "pg_dump: detail: Query was: LOCK TABLE public.a\n"
      "\tIN ACCESS SHARE MODE\n"
      "pg_dump: reading tables\n"
      "a line without a program\n");
  EXPECT_THAT(complaints.errors(),
              ElementsAre("query failed: ERROR:  permission denied for table a; Query was: LOCK "
                          "TABLE public.a; IN ACCESS SHARE MODE"));
  EXPECT_THAT(complaints.warnings(), IsEmpty());
}

TEST(Complaints, NameTheEntryOfTheArchive) {
  const auto complaints = heard(
      "pg_restore: connecting to database for restore\n"
      "pg_restore: while PROCESSING TOC:\n"
      "pg_restore: from TOC entry 200; 1259 16386 TABLE a app\n"
      "pg_restore: error: could not execute query: ERROR:  role \"app\" does not exist\n"
      "Command was: ALTER TABLE public.a OWNER TO app;\n"
      "\n",
      "pg_restore");
  EXPECT_THAT(complaints.errors(),
              ElementsAre("could not execute query: ERROR:  role \"app\" does not exist; entry "
                          "200; 1259 16386 TABLE a app; Command was: ALTER TABLE public.a OWNER TO "
                          "app;"));
}

TEST(Complaints, KeepAnErrorAmongAnyNumberOfWarnings) {
  std::string text;
  for (int i = 1; i <= 1000; ++i) {
    text += "pg_dump: warning: number " + std::to_string(i) + "\n";
    if (i == 500) text += "pg_dump: error: the one that counts\n";
  }
  EXPECT_THAT(heard(text).errors(), ElementsAre("the one that counts"));
}

TEST(Complaints, KeepTheFirstAndTheLastOfMany) {
  std::string text;
  for (int i = 1; i <= 1000; ++i) text += "pg_dump: warning: number " + std::to_string(i) + "\n";
  const auto warnings = heard(text).warnings();
  EXPECT_LT(warnings.size(), 100U);
  EXPECT_EQ(warnings.front(), "number 1");
  EXPECT_EQ(warnings.back(), "number 1000");
}

TEST(Complaints, AreCutOffWhereTheyAreLong) {
  const auto errors =
      heard("pg_dump: error: " + std::string(100'000, 'x') + "\n" + std::string(100'000, 'y'))
          .errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_LT(errors[0].size(), 1000U);
}

TEST(Complaints, HaveTheKindOfTheFailure) {
  const std::string server = "connection to server at \"127.0.0.1\", port 1 failed: ";
  EXPECT_EQ(kind_of(server + "FATAL:  password authentication failed for user \"a\""),
            ErrorKind::permission);
  EXPECT_EQ(kind_of(server + "fe_sendauth: no password supplied"), ErrorKind::permission);
  EXPECT_EQ(kind_of(server + "FATAL:  no pg_hba.conf entry for host"), ErrorKind::permission);
  EXPECT_EQ(kind_of(server + "Connection refused"), ErrorKind::unreachable);
  EXPECT_EQ(kind_of(server + "FATAL:  the database system is shutting down"),
            ErrorKind::unreachable);
  EXPECT_EQ(kind_of("query failed: ERROR:  permission denied for sequence a_id_seq"),
            ErrorKind::permission);
  EXPECT_EQ(kind_of("query failed: server closed the connection unexpectedly"),
            ErrorKind::unreachable);
  EXPECT_EQ(kind_of("could not write to output file: No space left on device"),
            ErrorKind::no_space);
  EXPECT_EQ(kind_of("could not close data file: File too large"), ErrorKind::no_space);
  EXPECT_EQ(kind_of("aborting because of server version mismatch"), ErrorKind::config);
  EXPECT_EQ(kind_of("could not open output file \"/x\": Permission denied"), ErrorKind::permission);
  EXPECT_EQ(kind_of("could not open output file \"/x\": Too many open files"), ErrorKind::remote);
  EXPECT_EQ(kind_of("unsupported version (1.16) in file header", "pg_restore"), ErrorKind::config);
  EXPECT_EQ(kind_of("input file does not appear to be a valid archive", "pg_restore"),
            ErrorKind::verification);
  EXPECT_EQ(kind_of("could not read from input file: end of file", "pg_restore"),
            ErrorKind::verification);
  EXPECT_EQ(
      kind_of("could not find block ID 3406 in archive -- possibly corrupt archive", "pg_restore"),
      ErrorKind::verification);
  EXPECT_EQ(kind_of("query failed: ERROR:  out of shared memory"), ErrorKind::remote);
}

Error failure(const std::string& text, const std::string& program = "pg_restore") {
  return translate(heard(program + ": error: " + text, program), "exit code 1");
}

TEST(Complaints, ArePermanentWhereTheServersMessageSaysSo) {
  const std::string query = "could not execute query: ERROR:  ";
  for (const auto* words :
       {"insert or update on table \"c\" violates foreign key constraint \"c_fkey\"",
        "check constraint \"k\" of relation \"t\" is violated by some row",
        "could not create unique index \"u\"", "extension \"postgis\" is not available",
        "could not open extension control file \"/usr/share/x.control\": No such file",
        "extension \"x\" has no installation script nor update path for version \"9\"",
        "cannot execute CREATE TABLE in a read-only transaction",
        "function unaccent(text) does not exist", "relation \"audit_log\" does not exist",
        "invalid page in block 3 of relation base/5/2619",
        "index row size 3000 exceeds btree version 4 maximum 2704 for index \"i\""}) {
    const auto error = failure(query + words);
    EXPECT_EQ(error.kind(), ErrorKind::remote) << words;
    EXPECT_FALSE(error.retryable()) << words;
    EXPECT_NE(error.hint(), "") << words;
  }
}

TEST(Complaints, AreRetryableWhereAnotherTryMayHelp) {
  for (const auto* words : {"deadlock detected", "could not serialize access due to concurrent …",
                            "out of shared memory", "cache lookup failed for relation 16401"}) {
    EXPECT_TRUE(failure(std::string("query failed: ERROR:  ") + words, "pg_dump").retryable())
        << words;
  }
  const auto dropped = "query failed: ERROR:  relation \"public.t\" does not exist";
  EXPECT_TRUE(failure(dropped, "pg_dump").retryable());
  EXPECT_FALSE(failure(dropped, "pg_restore").retryable());
}

TEST(Complaints, AreClassifiedByTheErrorAndNotByTheQuotedStatement) {
  const auto error =
      translate(heard("pg_restore: error: could not execute query: ERROR:  division by zero\n"
                      "Command was: COMMENT ON TABLE t IS 'permission denied';\n",
                      "pg_restore"),
                "exit code 1");
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_FALSE(error.retryable());
}

TEST(Complaints, OfPsqlHaveTheSqlstateInAnyLanguage) {
  const auto error =
      translate(heard("psql:seed.sql:3: ERROR:  23503: Einfügen in Tabelle »c« verletzt …\n"
                      "DETAIL:  Schlüssel (id)=(7) ist nicht vorhanden.\n"
                      "LOCATION:  ri_ReportViolation, ri_triggers.c:2539\n",
                      "psql"),
                "exit code 3");
  EXPECT_EQ(error.server_code(), code_of("23503"));
  EXPECT_FALSE(error.retryable());
  EXPECT_THAT(error.message(), HasSubstr("Schlüssel"));
  EXPECT_THAT(error.message(), Not(HasSubstr("ri_triggers.c")));
}

TEST(Complaints, BecomeAMessageWithTheProgramsName) {
  const auto error = translate(heard("pg_dump: error: one\npg_dump: error: two\n"
                                     "pg_dump: error: three\npg_dump: error: four\n"
                                     "pg_dump: error: five\n"),
                               "exit code 1");
  EXPECT_EQ(error.message(), "pg_dump failed: one; two; three; and 2 more");
}

TEST(Complaints, ReportTheExitOfASilentProgram) {
  EXPECT_EQ(translate(heard(""), "signal 9").message(),
            "pg_dump ended with signal 9 and did not say why");
}

TEST(Complaints, DetectAFailureOfTheOtherEndOfThePipe) {
  EXPECT_TRUE(
      blames_its_pipe(heard("pg_dump: error: could not write to output file: Broken pipe")));
  EXPECT_TRUE(blames_its_pipe(
      heard("pg_restore: error: could not read from input file: end of file", "pg_restore")));
  EXPECT_FALSE(blames_its_pipe(heard("pg_dump: error: query failed: ERROR:  x")));
}

TEST(Complaints, IgnoreHarmlessErrorsWhereThereAreNoOthers) {
  const std::string harmless =
      "pg_restore: error: could not execute query: ERROR:  unknown x\n"
      "Command was: SET x = 0;\n";
  const auto heard_all = [&](const std::string& text) {
    Complaints complaints("pg_restore", "unknown x");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) complaints.add(line);
    return complaints;
  };
  const std::string two = "pg_restore: warning: errors ignored on restore: 2\n";
  EXPECT_TRUE(heard_all(harmless + harmless + two).only_harmless());
  EXPECT_THAT(heard_all(harmless + harmless + two).errors(), IsEmpty());
  const std::string of_worker =
      "pg_restore: while PROCESSING TOC:\n"
      "pg_restore: from TOC entry 3201; 2604 16411 DEFAULT people id x\n" +
      harmless;
  EXPECT_TRUE(heard_all(harmless + of_worker + of_worker + of_worker + two).only_harmless());
  EXPECT_FALSE(heard_all(harmless + two).only_harmless());
  EXPECT_FALSE(heard_all(harmless + harmless).only_harmless());
  EXPECT_FALSE(heard_all("").only_harmless());
  EXPECT_FALSE(heard_all(harmless + "pg_restore: error: another\n" + two).only_harmless());
}

}  // namespace
}  // namespace tidegate::engine::postgresql
