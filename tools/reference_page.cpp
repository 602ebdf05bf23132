// Prints docs/reference/configuration.md; run by tools/dev/reference.sh.
#include <iostream>

#include "config/reference.hpp"

int main() { std::cout << tidegate::config::reference_page(); }
