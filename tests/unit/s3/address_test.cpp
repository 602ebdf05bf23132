#include "archive/s3/address.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "archive/s3/moment.hpp"
#include "archive/s3/upload.hpp"
#include "base/error.hpp"
#include "support/fake_world.hpp"

namespace tidegate::archive::s3 {
namespace {

ArchivePlan plan(const std::string& place, const std::string& endpoint = "") {
  ArchivePlan plan{.place = place};
  plan.storage = {endpoint, "eu-central-1", "id", Secret("key"), "databases.syrf.snapshot.storage"};
  return plan;
}

TEST(Address, OfAmazonHasTheBucketInTheHost) {
  const Address address(plan("s3://backups/a/b/"));
  EXPECT_EQ(address.place(), "s3://backups/a/b");
  EXPECT_EQ(address.url(address.key("x-1.dump"), {}),
            "https://backups.s3.eu-central-1.amazonaws.com/a/b/x-1.dump");
  EXPECT_EQ(address.url("", {{"uploads", ""}}),
            "https://backups.s3.eu-central-1.amazonaws.com/?uploads=");
  EXPECT_EQ(address.name("a/b/x"), "x");
}

TEST(Address, ABucketWithADotHasNoCertificateAndStandsInThePath) {
  const Address address(plan("s3://my.backups"));
  EXPECT_EQ(address.place(), "s3://my.backups");
  EXPECT_EQ(address.url("k", {}), "https://s3.eu-central-1.amazonaws.com/my.backups/k");
}

std::string url(const std::string& endpoint, Addressing addressing,
                const std::string& bucket = "backups") {
  auto asked = plan("s3://" + bucket + "/p", endpoint);
  asked.storage.addressing = addressing;
  return Address(asked).url("p/k", {});
}

TEST(Address, StandsWhereTheConfigurationSays) {
  const auto automatic = Addressing::automatic, in_host = Addressing::virtual_host;
  EXPECT_EQ(url("https://store:9000", in_host), "https://backups.store:9000/p/k");
  EXPECT_EQ(url("https://store:9000", automatic), "https://store:9000/backups/p/k");
  EXPECT_EQ(url("https://store", in_host, "my.backups"), "https://my.backups.store/p/k");
  EXPECT_EQ(url("", Addressing::path), "https://s3.eu-central-1.amazonaws.com/backups/p/k");
  EXPECT_EQ(url("https://s3.dualstack.eu-west-1.amazonaws.com", automatic),
            "https://backups.s3.dualstack.eu-west-1.amazonaws.com/p/k");
  EXPECT_EQ(url("https://s3.cn-north-1.amazonaws.com.cn", automatic),
            "https://backups.s3.cn-north-1.amazonaws.com.cn/p/k");
  EXPECT_EQ(url("https://s3.eu-west-1.amazonaws.com", automatic, "my.backups"),
            "https://s3.eu-west-1.amazonaws.com/my.backups/p/k");
  EXPECT_EQ(url("https://amazonaws.com.example.org", automatic),
            "https://amazonaws.com.example.org/backups/p/k");
}

TEST(Address, RefusesToStandWhereItCannot) {
  const std::vector<std::vector<std::string>> rows{
      {"https://127.0.0.1:9000", "backups", "it is an IP address"},
      {"http://[::1]:9000", "backups", "it is an IP address"},
      {"", "my.backups", "no certificate covers the dot in 'my.backups'"}};
  for (const auto& row : rows) {
    const auto error = test::error_of([&] { url(row[0], Addressing::virtual_host, row[1]); });
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_NE(error.message().find(row[2]), std::string::npos) << error.message();
    EXPECT_EQ(error.hint(), "set 'addressing: path'");
  }
}

TEST(Address, OfAnEndpointWithAPathBeginsWithIt) {
  const Address in_path(plan("s3://backups/p", "https://host/storage/v1/s3/"));
  EXPECT_EQ(in_path.url("p/k", {}), "https://host/storage/v1/s3/backups/p/k");
  EXPECT_EQ(in_path.url("", {{"uploads", ""}}), "https://host/storage/v1/s3/backups?uploads=");
  EXPECT_EQ(url("https://host:1/s3", Addressing::virtual_host), "https://backups.host:1/s3/p/k");
}

TEST(Address, OfAmazonInChinaHasADomainOfItsOwn) {
  auto asked = plan("s3://backups");
  asked.storage.region = "cn-north-1";
  EXPECT_EQ(Address(asked).url("k", {}), "https://backups.s3.cn-north-1.amazonaws.com.cn/k");
}

TEST(Address, OfAnotherStoreHasTheBucketInThePath) {
  const Address address(plan("s3://backups/p", "http://127.0.0.1:9000/"));
  EXPECT_EQ(address.url("p/k", {}), "http://127.0.0.1:9000/backups/p/k");
  EXPECT_EQ(address.url("", {{"prefix", "p/"}, {"list-type", "2"}}),
            "http://127.0.0.1:9000/backups?list-type=2&prefix=p%2F");
}

TEST(Address, EncodesForSignatures) {
  const Address address(plan("s3://backups", "https://host"));
  EXPECT_EQ(address.url("a b%41/=+~\xc3\xa4", {}), "https://host/backups/a%20b%2541/%3D%2B~%C3%A4");
}

TEST(Address, RefusesInvalidPlaces) {
  for (const auto* place :
       {"s3:/backups", "s3://", "s3://ab", "s3://Backups", "s3://-backups", "s3://backups//x",
        "s3://backups/a/../b", "s3://backups/./b", "/snapshots", "s3://back_ups"}) {
    EXPECT_EQ(test::error_of([&] { const Address address(plan(place)); }).kind(), ErrorKind::config)
        << place;
  }
  for (const auto* endpoint :
       {"host:9000", "ftp://host", "https://", "https:///path", "https://user:pw@host",
        "https://host?x", "https://host/p?x", "https://host/a//b", "https://host/../b",
        "https://host/a b", "https://host/\xc3\xa4"}) {
    const auto error =
        test::error_of([&] { const Address address(plan("s3://backups", endpoint)); });
    EXPECT_EQ(error.kind(), ErrorKind::config) << endpoint;
    EXPECT_NE(error.message().find("databases.syrf.snapshot.storage.endpoint"), std::string::npos);
    EXPECT_EQ(error.message().find("pw"), std::string::npos);
  }
}

TEST(PartSize, IsTheLeastUntilTenThousandPartsAreTooFew) {
  constexpr std::int64_t k_mebibyte = 1024 * 1024;
  const Bytes least{16 * k_mebibyte};
  EXPECT_EQ(part_size({0}, least), least);
  EXPECT_EQ(part_size({160'000 * k_mebibyte}, least), least);
  EXPECT_EQ(part_size({160'000 * k_mebibyte + 1}, least), Bytes{17 * k_mebibyte});
  const Bytes largest{5 * k_mebibyte * k_mebibyte};
  EXPECT_GE(part_size(largest, least).count * 10'000, largest.count);
  EXPECT_EQ(test::error_of([&] { part_size({largest.count + 1}, least); }).kind(),
            ErrorKind::no_space);
}

TEST(HttpDate, IsReadInItsOneForm) {
  const auto moment = parse_http_date("Sun, 22 Nov 2026 03:00:04 GMT");
  ASSERT_TRUE(moment);
  EXPECT_EQ(moment->time_since_epoch(), std::chrono::seconds(1795316404));
  EXPECT_FALSE(parse_http_date(""));
  EXPECT_FALSE(parse_http_date("2026-11-22T03:00:04Z"));
}

}  // namespace
}  // namespace tidegate::archive::s3
