#include "engine/mongodb/archive/encoding.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_zstd_level = 3;
constexpr int k_zstd_window_log = 19;
// Reads files of other tools up to their level 19; a file that claims more would cost much memory.
constexpr int k_largest_window_log = 23;
constexpr int k_gzip_window_bits = 15 + 16;  // 16: with gzip's own header and check
constexpr int k_gzip_memory_level = 8;
constexpr std::size_t k_gzip_buffer = 64 * 1024;

[[noreturn]] void cannot(const char* what) {
  throw Error(ErrorKind::internal, std::string("the compressor fails: ") + what);
}

class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder() : context_(ZSTD_createCCtx(), &ZSTD_freeCCtx), buffer_(ZSTD_CStreamOutSize()) {
    if (!context_) cannot("no memory");
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, k_zstd_level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, k_zstd_window_log);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  void put(ByteView bytes, const Sink& sink) override { run(bytes, ZSTD_e_continue, sink); }
  void end(const Sink& sink) override { run({}, ZSTD_e_end, sink); }

 private:
  void run(ByteView bytes, ZSTD_EndDirective directive, const Sink& sink) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0) cannot(ZSTD_getErrorName(left));
      if (out.pos > 0) sink({buffer_.data(), out.pos});
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
    }
  }
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
  std::vector<std::uint8_t> buffer_;
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    if (!context_) cannot("no memory");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, k_largest_window_log);
  }
  DecodeStep step(ByteView in, std::span<std::uint8_t> out) override {
    if (in.empty() && complete_) return {};  // it would take that for the begin of another frame
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(result) != 0) return {0, 0, ZSTD_getErrorName(result)};
    complete_ = result == 0;
    return {from.pos, to.pos, nullptr};
  }
  bool complete() const override { return complete_; }

 private:
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  bool complete_ = false;
};

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, k_gzip_window_bits,
                     k_gzip_memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      cannot("no memory");
    }
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  void put(ByteView bytes, const Sink& sink) override { run(bytes, Z_NO_FLUSH, sink); }
  void end(const Sink& sink) override { run({}, Z_FINISH, sink); }

 private:
  void run(ByteView bytes, int flush, const Sink& sink) {
    stream_.next_in = const_cast<Bytef*>(bytes.data());  // zlib's old interface; it only reads
    stream_.avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int result = deflate(&stream_, flush);
      if (result == Z_STREAM_ERROR) cannot("its stream is broken");
      const std::size_t made = buffer_.size() - stream_.avail_out;
      if (made > 0) sink({buffer_.data(), made});
      if (flush == Z_FINISH ? result == Z_STREAM_END : stream_.avail_out > 0) return;
    }
  }
  z_stream stream_{};
  std::array<std::uint8_t, k_gzip_buffer> buffer_{};
};

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() {
    if (inflateInit2(&stream_, k_gzip_window_bits) != Z_OK) cannot("no memory");
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  DecodeStep step(ByteView in, std::span<std::uint8_t> out) override {
    // Several streams one after another are one file, as gzip has it.
    if (complete_ && !in.empty() && inflateReset(&stream_) != Z_OK) cannot("its stream is broken");
    if (!in.empty()) complete_ = false;
    stream_.next_in = const_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = complete_ ? Z_OK : inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return {0, 0, stream_.msg ? stream_.msg : "not gzip"};
    }
    if (result == Z_STREAM_END) complete_ = true;
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, nullptr};
  }
  bool complete() const override { return complete_; }

 private:
  z_stream stream_{};
  bool complete_ = false;
};

class PlainEncoder final : public Encoder {
 public:
  void put(ByteView bytes, const Sink& sink) override { sink(bytes); }
  void end(const Sink& /*sink*/) override {}
};

class PlainDecoder final : public Decoder {
 public:
  DecodeStep step(ByteView in, std::span<std::uint8_t> out) override {
    const auto count = std::min(in.size(), out.size());
    std::copy_n(in.begin(), count, out.begin());
    return {count, count, nullptr};
  }
  bool complete() const override { return true; }
};

[[noreturn]] void undecided() {
  throw Error(ErrorKind::internal, "a file cannot be compressed 'automatically'");
}

}  // namespace

std::unique_ptr<Encoder> encoder(Compression compression) {
  switch (compression) {
    case Compression::zstd:
      return std::make_unique<ZstdEncoder>();
    case Compression::gzip:
      return std::make_unique<GzipEncoder>();
    case Compression::none:
      return std::make_unique<PlainEncoder>();
    case Compression::automatic:
      break;
  }
  undecided();
}

std::unique_ptr<Decoder> decoder(Compression compression) {
  switch (compression) {
    case Compression::zstd:
      return std::make_unique<ZstdDecoder>();
    case Compression::gzip:
      return std::make_unique<GzipDecoder>();
    case Compression::none:
      return std::make_unique<PlainDecoder>();
    case Compression::automatic:
      break;
  }
  undecided();
}

}  // namespace tidegate::engine::mongodb
