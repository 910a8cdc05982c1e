# SPDX-License-Identifier: Apache-2.0
# Line coverage of src/ and lab/ by the test suites: a table by folder, pages in build/cover/report. A process that a fault
# test kills writes no counts, so the fault suite is left out.
need $packages_build $packages_test gcovr
suites=${*:-unit lab fuzz oracle journey}
say "building with coverage (build/cover)"
build_in build/cover all -Dtests=true -Dwerror=false -Dbuildtype=debug -Doptimization=0 -Db_coverage=true
find build/cover -name '*.gcda' -delete
args=()
for s in $suites; do args+=(--suite "$s"); done
meson test -C build/cover --no-rebuild --print-errorlogs --num-processes 2 --wrapper "$top/tools/tap-run" "${args[@]}" ||
    say "some tests failed: the coverage is of what ran"
mkdir -p build/cover/report
gcovr --root . --filter 'src/' --filter 'lab/' --filter 'sdk/' --gcov-ignore-parse-errors --json-summary build/cover/report/summary.json \
    --html-details build/cover/report/index.html build/cover >build/cover/report/gcovr.log 2>&1 ||
    { tail -5 build/cover/report/gcovr.log >&2; die "gcovr failed"; }
python3 tools/cover-table build/cover/report/summary.json
say "pages: build/cover/report/index.html"
