#pragma once

/// zstd, gzip or nothing, as steps over buffers. No files, no documents.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "model/plan.hpp"

namespace tidegate::engine::mongodb {

using ByteView = std::span<const std::uint8_t>;
using Sink = std::function<void(ByteView)>;

/// Bounded: half a mebibyte of history, so that several may work side by side.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual void put(ByteView bytes, const Sink& sink) = 0;
  /// Ends the stream. Nothing may be put afterwards.
  virtual void end(const Sink& sink) = 0;
};

struct DecodeStep {
  std::size_t taken = 0, made = 0;
  const char* problem = nullptr;  ///< these are no such bytes; in words
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual DecodeStep step(ByteView in, std::span<std::uint8_t> out) = 0;
  /// Whether the stream may end here.
  virtual bool complete() const = 0;
};

/// @throws Error internal: for Compression::automatic, which is a question and no answer.
std::unique_ptr<Encoder> encoder(Compression compression);
std::unique_ptr<Decoder> decoder(Compression compression);

}  // namespace tidegate::engine::mongodb
