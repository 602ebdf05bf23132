#include "base/errno_kind.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace tidegate {
namespace {

TEST(ErrnoKind, SeparatesPassingFailuresFromPermanentOnes) {
  for (const int number : {EAGAIN, ENOMEM, EMFILE, ENFILE, EIO, ESTALE, ENOTCONN}) {
    EXPECT_TRUE(Error(kind_of_errno(number), "").retryable()) << number;
  }
  EXPECT_EQ(kind_of_errno(EROFS), ErrorKind::permission);
  EXPECT_EQ(kind_of_errno(EACCES), ErrorKind::permission);
  EXPECT_EQ(kind_of_errno(EDQUOT), ErrorKind::no_space);
  EXPECT_EQ(kind_of_errno(ENOENT), ErrorKind::config);
}

}  // namespace
}  // namespace tidegate
