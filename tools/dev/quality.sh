# shellcheck shell=bash
# Format, layers, static analysis, generated pages. Sourced by ./dev.

sources() { git ls-files --cached --others --exclude-standard -- 'src/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.[ch]pp'; }
scripts() { git ls-files --cached --others --exclude-standard -- dev .ci/run '*.sh'; }

check_format() { sources | xargs -r clang-format-14 --dry-run --Werror; }
check_scripts() { scripts | xargs -r shellcheck -x; }
check_layers() { python3 tools/check_layers.py; }
check_words() { python3 tools/check_words.py; }

run_clang_tidy() {
  local preset=$1
  git ls-files 'src/*.cpp' | sed 's/^src/\/src/; s/$/$/' |
    xargs run-clang-tidy-14 -quiet -j "$(nproc)" -p "build/$preset" 2>/dev/null |
    { ! grep -E '(warning|error):' -A 4; }
}
