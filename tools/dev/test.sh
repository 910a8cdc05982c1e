# SPDX-License-Identifier: Apache-2.0
# Runs the suites and counts every case from the TAP that the tests print.
need $packages_build $packages_test

# The unit tests of folders with threads.
threaded_tests() { meson test -C "$1" --list 2>/dev/null | sed -n 's#.*unit / ##p' | grep -E '^(store|engine|http|link)' | grep -v fuzz; }
suite=${1:-}

# `./dev test tsan`: what has threads, under ThreadSanitizer; one known false report of gcc 12 is named in tools/tsan.supp.
if [ "$suite" = tsan ]; then
    need libclang-rt-14-dev clang
    say "building (build/tsan)"
    CC=clang build_in build/tsan all -Dtests=true -Dbuildtype=debug -Doptimization=1 -Db_sanitize=thread -Db_lundef=false -Dwerror=false
    export TSAN_OPTIONS="suppressions=$top/tools/tsan.supp halt_on_error=1"
    meson test -C build/tsan --no-rebuild --print-errorlogs --num-processes 2 --timeout-multiplier 4 --wrapper "$top/tools/tap-run" $(threaded_tests build/tsan)
    exit
fi
# `./dev test asan [SUITE..]`: every suite, or these, with all programs under AddressSanitizer and UndefinedBehaviorSanitizer, laboratory and
# servers too. What they find is written to files, since a server may end badly behind a test that passed.
if [ "$suite" = asan ]; then
    found=build/asan/findings
    say "building (build/asan)"
    build_in build/asan all -Dtests=true -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false
    rm -rf "$found"
    mkdir -p "$found"
    export ASAN_OPTIONS="log_path=$top/$found/asan" UBSAN_OPTIONS="print_stacktrace=1:log_path=$top/$found/ubsan"
    export TSM_CAMPAIGN_CARDS="${TSM_CAMPAIGN_CARDS:-200}" TSM_BULK_CARDS="${TSM_BULK_CARDS:-60}"
    shift
    rc=0
    meson test -C build/asan --no-rebuild --print-errorlogs --num-processes "$(nproc)" --timeout-multiplier 4 --wrapper "$top/tools/tap-run" "${@/#/--suite=}" || rc=1
    cat "$found"/* 2>/dev/null && rc=1
    exit $rc
fi
say "building (build/dev and build/asan)"
[ ! -f build/dev/build.ninja ] || meson configure build/dev -Dtests=true >/dev/null
build_in build/dev all $dev_options -Dtests=true
build_in build/asan all -Dtests=true -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false

# meson names its logs after the wrapper, which mends cmocka's skipped cases.
run_tests() { # DIR RESULT SUITES...
    local dir=$1 result=$2 log=$1/meson-logs/testlog-tap-run.junit.xml args=()
    shift 2
    rm -f "$log" "$result"
    for s in "$@"; do args+=(--suite "$s"); done
    # Time limits find what hangs, they measure nothing: a slow machine with much else to do has its time.
    meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes $processes --timeout-multiplier 4 \
        --wrapper "$top/tools/tap-run" "${args[@]}" || failed_runs=1
    [ ! -f "$log" ] || cp "$log" "$result"
}

# Most of a journey is waiting for the other side: more programs than processors run side by side.
processes=$(($(nproc) * 3))
failed_runs=0
rm -f build/dev/operations.txt
release="unit lab fuzz oracle journey interop sem sp fault"
# With all suites campaigns are over fewer cards: `./dev test sem` runs them over 1,000, `./dev test sp` over 200.
[ -n "$suite" ] || export TSM_CAMPAIGN_CARDS="${TSM_CAMPAIGN_CARDS:-200}" TSM_BULK_CARDS="${TSM_BULK_CARDS:-60}"
[ -z "$suite" ] || release=$suite
run_tests build/dev build/release.junit.xml $release
rm -f build/asan.junit.xml
case "$suite" in
"" | unit | lab | fuzz) run_tests build/asan build/asan.junit.xml ${suite:-unit lab} ;;
esac
# What the conformance run covered of the administration interface.
[ ! -f build/dev/operations.txt ] || cat build/dev/operations.txt
exec python3 tools/count-tests $failed_runs build/release.junit.xml build/asan.junit.xml
