# shellcheck shell=bash disable=SC2016,SC2054
# Fuzzes the code that reads bytes from outside, with libFuzzer. Sourced by ./dev.

fuzz_sources() {
  printf 'src/%s.cpp\n' base/error base/utc base/secret base/duration base/json_quote model/names model/pull_request \
    forge/github/{payload,webhook,json,address,refusal}
}

# run_fuzzers SECONDS: each for that long.
run_fuzzers() {
  local target source objects=() work=build/fuzz
  local flags=(-std=c++20 -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -Isrc
    -DFMT_SHARED -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL -DSPDLOG_SHARED_LIB)
  mkdir -p "$work/corpus"
  say "building the fuzzers (a minute or two)"
  { fuzz_sources; printf '%s\n' tests/fuzz/*_fuzz.cpp; } |
    xargs -P "$(nproc)" -I{} sh -c 'out=$1/$(echo "$2" | tr / _).o; shift; source=$1; shift; ccache clang++-14 "$@" -c "$source" -o "$out"' \
      sh "$work" {} "${flags[@]}"
  while read -r source; do objects+=("$work/${source//\//_}.o"); done < <(fuzz_sources)
  for source in tests/fuzz/*_fuzz.cpp; do
    target=$work/$(basename "$source" .cpp)
    clang++-14 -fsanitize=fuzzer,address,undefined "$work/${source//\//_}.o" "${objects[@]}" \
      -lfmt -lspdlog -lcrypto -lpthread -o "$target"
    "$target" -max_total_time="$1" -max_len=4096 -verbosity=0 -artifact_prefix="$work/" "$work/corpus" ||
      fail "the fuzzer $target found something; see build/fuzz"
  done
}
