#include "engine/mongodb/archive/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

using Bytes8 = std::vector<std::uint8_t>;

Bytes8 pattern(std::size_t length) {
  Bytes8 bytes(length);
  std::uint32_t state = 7;
  for (std::size_t i = 0; i < length; ++i) {
    state = state * 1664525 + 1013904223;
    bytes[i] = i % 3 == 0 ? static_cast<std::uint8_t>(state >> 24U) : 'a';
  }
  return bytes;
}

Bytes8 encoded(Compression compression, const Bytes8& plain, std::size_t step) {
  Bytes8 coded;
  const auto sink = [&](ByteView bytes) { coded.insert(coded.end(), bytes.begin(), bytes.end()); };
  const auto to = encoder(compression);
  for (std::size_t i = 0; i < plain.size(); i += step) {
    to->put(ByteView(plain).subspan(i, std::min(step, plain.size() - i)), sink);
  }
  to->end(sink);
  return coded;
}

struct Decoded {
  Bytes8 plain;
  bool complete = false;
  std::string problem;
};

Decoded decoded(Compression compression, const Bytes8& coded, std::size_t in, std::size_t out) {
  Decoded result;
  Bytes8 buffer(out);
  const auto from = decoder(compression);
  std::size_t at = 0;
  for (;;) {
    const auto part = ByteView(coded).subspan(at, std::min(in, coded.size() - at));
    const auto step = from->step(part, buffer);
    if (step.problem) {
      result.problem = step.problem;
      return result;
    }
    at += step.taken;
    result.plain.insert(result.plain.end(), buffer.begin(),
                        buffer.begin() + static_cast<std::ptrdiff_t>(step.made));
    if (at == coded.size() && step.made == 0) break;
  }
  result.complete = from->complete();
  return result;
}

class Encoding : public testing::TestWithParam<Compression> {};
class CheckedEncoding : public Encoding {};

TEST_P(Encoding, BringsBackWhatWasPutWhateverTheSteps) {
  for (const std::size_t length : {0UL, 1UL, 1000UL, 700'000UL}) {
    const auto plain = pattern(length);
    for (const std::size_t step : {333UL, 70'000UL, 800'000UL}) {
      const auto coded = encoded(GetParam(), plain, step);
      for (const auto& [in, out] : {std::pair{1000UL, 77'000UL}, std::pair{200'000UL, 500UL}}) {
        const auto back = decoded(GetParam(), coded, in, out);
        EXPECT_EQ(back.problem, "");
        EXPECT_TRUE(back.complete) << length;
        EXPECT_TRUE(back.plain == plain) << length << " in steps of " << step;
      }
    }
  }
}

TEST_P(Encoding, ReadsSeveralStreamsOneAfterAnother) {
  const auto plain = pattern(5000);
  auto coded = encoded(GetParam(), plain, 1000);
  const auto more = encoded(GetParam(), plain, 500);
  coded.insert(coded.end(), more.begin(), more.end());
  const auto back = decoded(GetParam(), coded, 100, 1000);
  EXPECT_TRUE(back.complete);
  EXPECT_EQ(back.plain.size(), 10'000U);
}

TEST_P(CheckedEncoding, NoticesThatTheEndIsMissing) {
  const auto coded = encoded(GetParam(), pattern(5000), 1000);
  for (const std::size_t length : {0UL, 1UL, 20UL, coded.size() / 2, coded.size() - 1}) {
    const auto back =
        decoded(GetParam(), {coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(length)},
                100, 1000);
    EXPECT_FALSE(back.complete) << length;
  }
}

TEST_P(CheckedEncoding, ChangesNothingUnnoticedWhateverByteIsAnother) {
  const auto plain = pattern(600);
  const auto coded = encoded(GetParam(), plain, 600);
  for (std::size_t i = 0; i < coded.size(); ++i) {
    auto bad = coded;
    bad[i] ^= 0x41U;
    const auto back = decoded(GetParam(), bad, 100, 1000);
    // Some bytes say nothing of the contents: a window's size, a time.
    EXPECT_TRUE(!back.problem.empty() || !back.complete || back.plain == plain) << i;
  }
}

TEST_P(CheckedEncoding, NoticesGarbageBehindTheEnd) {
  auto coded = encoded(GetParam(), pattern(100), 100);
  coded.insert(coded.end(), 40, 'x');
  EXPECT_NE(decoded(GetParam(), coded, 1000, 1000).problem, "");
}

TEST(EncodingOfAnyKind, MakesTextMuchSmaller) {
  const Bytes8 plain(1'000'000, 'a');
  EXPECT_LT(encoded(Compression::zstd, plain, 10'000).size(), 10'000U);
  EXPECT_LT(encoded(Compression::gzip, plain, 10'000).size(), 10'000U);
}

TEST(EncodingOfAnyKind, HasToBeDecidedFirst) {
  EXPECT_THROW(encoder(Compression::automatic), Error);
  EXPECT_THROW(decoder(Compression::automatic), Error);
}

std::string name_of(const testing::TestParamInfo<Compression>& each) {
  if (each.param == Compression::none) return "none";
  return each.param == Compression::zstd ? "zstd" : "gzip";
}

INSTANTIATE_TEST_SUITE_P(Each, Encoding,
                         testing::Values(Compression::zstd, Compression::gzip, Compression::none),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Each, CheckedEncoding,
                         testing::Values(Compression::zstd, Compression::gzip), name_of);

}  // namespace
}  // namespace tidegate::engine::mongodb
