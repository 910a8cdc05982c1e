# SPDX-License-Identifier: Apache-2.0
need clang-format git
git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i
