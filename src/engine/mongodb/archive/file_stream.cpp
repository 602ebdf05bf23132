#include "engine/mongodb/archive/file_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errno_kind.hpp"
#include "base/sync.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::size_t k_buffer = 128 * 1024;
constexpr mode_t k_file_mode = 0640;  // production's data is not everybody's
constexpr mode_t k_directory_mode = 0750;

Error failed(const char* doing, const std::filesystem::path& path, int number) {
  return Error(kind_of_errno(number),
               fmt::format("cannot {} '{}': {}", doing, path.string(), std::strerror(number)));
}

bool is_full(int number) { return number == ENOSPC || number == EDQUOT || number == EFBIG; }

Error no_space(const char* doing, const std::filesystem::path& path, Bytes written, int number) {
  std::error_code ignored;
  const auto space = std::filesystem::space(path.parent_path(), ignored);
  const auto free =
      ignored ? std::string("unknown") : to_text(Bytes{static_cast<std::int64_t>(space.available)});
  return Error(ErrorKind::no_space,
               fmt::format("cannot {} '{}': {}; {} of it are written, {} are free there", doing,
                           path.string(), std::strerror(number), to_text(written), free),
               "free space there, keep fewer archives ('keep'), or put them somewhere else");
}

Error failed(const char* doing, const std::filesystem::path& path, Bytes written, int number) {
  return is_full(number) ? no_space(doing, path, written, number) : failed(doing, path, number);
}

}  // namespace

FileWriter::FileWriter(std::filesystem::path path, Compression compression)
    : path_(std::move(path)), compression_(compression), encoder_(encoder(compression)) {
  buffer_.reserve(k_buffer);
  descriptor_ =
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, k_file_mode);
  if (descriptor_ < 0) fail("make");
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileWriter::fail(const char* doing) const { throw failed(doing, path_, written_, errno); }

void FileWriter::write(ByteView bytes) {
  if (buffer_.size() + bytes.size() > k_buffer) flush();
  if (bytes.size() >= k_buffer) {
    encoder_->put(bytes, [this](ByteView coded) { out(coded); });
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void FileWriter::flush() {
  if (!buffer_.empty()) encoder_->put(buffer_, [this](ByteView coded) { out(coded); });
  buffer_.clear();
}

void FileWriter::out(ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    written_ += Bytes{count};
  }
}

void FileWriter::finish() {
  flush();
  encoder_->end([this](ByteView coded) { out(coded); });
  if (::fsync(descriptor_) != 0) fail("sync");
  // Some file systems say only now that there was no room.
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("close");
}

void FileWriter::restart() {
  buffer_.clear();
  encoder_ = encoder(compression_);
  written_ = {};
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) fail("empty");
}

FileReader::FileReader(std::filesystem::path path, Compression compression)
    : path_(std::move(path)), decoder_(decoder(compression)), buffer_(k_buffer) {
  // Without O_NONBLOCK a pipe in the place of a file would be waited for.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0 && errno == ENOENT) throw damaged("it is missing");
  if (descriptor_ < 0 && errno == ELOOP) throw damaged("it is a link");
  if (descriptor_ < 0) throw failed("open", path_, errno);
  struct stat is {};
  if (::fstat(descriptor_, &is) != 0 || !S_ISREG(is.st_mode)) {
    ::close(std::exchange(descriptor_, -1));
    throw damaged("it is no regular file");
  }
}

FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error FileReader::damaged(const std::string& how) const {
  return Error(ErrorKind::verification,
               fmt::format("'{}' in the archive is damaged: {}", path_.filename().string(), how),
               "take another archive; nothing was published");
}

bool FileReader::fill() {
  for (;;) {
    const auto count = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failed("read", path_, errno);
    begin_ = 0;
    end_ = static_cast<std::size_t>(count);
    return count > 0;
  }
}

std::size_t FileReader::read(std::span<std::uint8_t> bytes) {
  std::size_t made = 0;
  while (made < bytes.size()) {
    const bool more = begin_ < end_ || fill();
    const auto step =
        decoder_->step(ByteView(buffer_).subspan(begin_, end_ - begin_), bytes.subspan(made));
    if (step.problem) throw damaged(step.problem);
    begin_ += step.taken;
    made += step.made;
    if (more || step.made > 0) continue;
    if (!decoder_->complete()) throw damaged("it ends in the middle");
    break;
  }
  return made;
}

void make_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), k_directory_mode) != 0) throw failed("make", path, Bytes{}, errno);
}

void sync_directory(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw failed("open", path, errno);
  const int number = tidegate::sync_directory(descriptor);
  ::close(descriptor);
  if (number != 0) throw failed("sync", path, number);
}

}  // namespace tidegate::engine::mongodb
