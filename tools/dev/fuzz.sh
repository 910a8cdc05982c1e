# SPDX-License-Identifier: Apache-2.0
# libFuzzer on one reader under ASan and UBSan: clang build in build/fuzz, inputs kept in build/corpus/TARGET, findings
# in build/findings. Ends with the number of executions; exit 1 when an input was found that breaks the reader.
target=${1:-}
seconds=${2:-60}
targets=$(sed -n "s/^fuzz_targets += {'\([a-z0-9_]*\)'.*/\1/p" tests/fuzz/meson.build)
if ! grep -qx -- "$target" <<<"$targets"; then
    [ -z "$target" ] || say "there is no fuzz target '$target'" >&2
    die "usage: ./dev fuzz TARGET [SECONDS], TARGET one of: "$targets
fi
case "$seconds" in *[!0-9]* | "") die "SECONDS is a whole number" ;; esac

need $packages_build $packages_test $packages_lint libclang-rt-14-dev
say "building fuzz_$target with clang (build/fuzz)"
if [ ! -f build/fuzz/build.ninja ]; then
    mkdir -p build
    CC=clang meson setup build/fuzz -Dfuzz=true -Dtests=true -Dwerror=false -Dbuildtype=debug -Doptimization=1 \
        -Db_sanitize=address,undefined -Db_lundef=false >build/fuzz.log 2>&1 ||
        die "meson setup failed (build/fuzz.log)"
fi
ninja -C build/fuzz "tests/fuzz/fuzz_$target" >build/fuzz.log 2>&1 || {
    grep -E 'error|FAILED' build/fuzz.log | head -20 >&2
    die "the build failed (build/fuzz.log)"
}

corpus=build/corpus/$target
log=build/fuzz-$target.log
mkdir -p "$corpus" build/findings
python3 tools/fuzz-seeds "tests/fuzz/fuzz_$target.c" "$corpus"
seeds=()
[ ! -d "tests/fuzz/seeds/$target" ] || seeds+=("tests/fuzz/seeds/$target")
say "fuzzing $target for $seconds s"
result=0
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="build/findings/$target-" "$corpus" ${seeds[@]+"${seeds[@]}"} >"$log" 2>&1 || result=1
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
say "$target: ${executions:-0} executions, ${speed:-0} a second, $(find "$corpus" -type f | wc -l) inputs in $corpus"
if [ $result != 0 ]; then
    grep -E 'ERROR|runtime error|Test unit written|SUMMARY' "$log" >&2 || tail -5 "$log" >&2
    die "an input breaks the reader: see $log and build/findings/$target-*"
fi
