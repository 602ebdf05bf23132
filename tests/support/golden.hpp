#pragma once

/// Expected output in files that a person can read: tests/golden/NAME. `./dev golden` writes them
/// again.

#include <string>

namespace tidegate::test {

/// Fails the test where the file is not there or says something else; writes it where
/// TIDEGATE_GOLDEN_WRITE is set.
void expect_golden(const std::string& name, const std::string& text);

}  // namespace tidegate::test
