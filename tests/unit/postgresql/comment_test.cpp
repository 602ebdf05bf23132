#include "engine/postgresql/publish/comment.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {
namespace {

Metadata some_metadata() {
  Metadata metadata;
  metadata.source = "app";
  metadata.collections = {"users"};
  metadata.method = "pg_dump";
  metadata.run = "20261122T030004-7f3a92c1";
  Content content;
  content.name = "users";
  content.documents = 3;
  content.definition = "sha256 00";
  metadata.contents = {content};
  return metadata;
}

TEST(Comment, CarriesMetadataWithItsDefinitions) {
  const auto found = metadata_in(comment_of(some_metadata()), "app_snapshot");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->run, "20261122T030004-7f3a92c1");
  EXPECT_EQ(found->find("users")->definition, "sha256 00");
}

TEST(Comment, OfAnotherClientIsNotMetadata) {
  for (const auto* text : {"", "the staging database of team x", "{", "[]", "{\"a\": 1}", "{}"}) {
    EXPECT_FALSE(metadata_in(text, "app")) << text;
    EXPECT_FALSE(staging_in(text)) << text;
    EXPECT_EQ(own_words_in(text), text);
  }
}

TEST(Comment, KeepsAPersonsOwnTextFromPublishToPublish) {
  const std::string words = "ask \"Ann\" before dropping";
  const auto once = comment_of(some_metadata(), words);
  EXPECT_TRUE(metadata_in(once, "app"));
  EXPECT_EQ(own_words_in(once), words);
  EXPECT_EQ(own_words_in(comment_of(some_metadata(), own_words_in(once))), words);
  EXPECT_EQ(own_words_in(comment_of(some_metadata())), "");
}

TEST(Comment, NamesTheDatabaseWhoseMetadataCannotBeRead) {
  try {
    metadata_in(R"({"timestamp": "never", "status": "complete", "collections": []})", "app_pr_7");
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::remote);
    EXPECT_NE(error.message().find("'app_pr_7'"), std::string::npos) << error.message();
  }
}

TEST(StagingNote, NamesItsTargetAndPurpose) {
  for (const auto purpose : {Purpose::copy, Purpose::aside, Purpose::scratch}) {
    const auto text = comment_of(StagingNote{"Odd \"name\"", "run-1", purpose});
    const auto note = staging_in(text);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->target, "Odd \"name\"");
    EXPECT_EQ(note->run, "run-1");
    EXPECT_EQ(note->purpose, purpose);
    EXPECT_FALSE(metadata_in(text, "x"));
    EXPECT_EQ(own_words_in(text), "");
  }
}

TEST(StagingName, IsShortAndHasOneForm) {
  const auto name = staging_name("20261122T030004-7f3a92c1", 2).text();
  EXPECT_EQ(name, "tidegate_7f3a92c1_2");
  EXPECT_TRUE(is_staging_name(name));
  EXPECT_EQ(digits_in(name), digits_of_run("20261122T030004-7f3a92c1"));
  for (const auto* other :
       {"tidegate", "tidegate_7f3a92c1", "tidegate_7f3a92c1_", "tidegate_7f3a92c1_x",
        "tidegate_7F3A92C1_1", "tidegate_7f3a92c_11", "tidegate_test_1a2b_3",
        "tidegate_7f3a92c1_1 ", "Tidegate_7f3a92c1_1", "tidegate_demo_production"}) {
    EXPECT_FALSE(is_staging_name(other)) << other;
  }
}

}  // namespace
}  // namespace tidegate::engine::postgresql
