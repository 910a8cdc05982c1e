# SPDX-License-Identifier: Apache-2.0
build_release
say "built: build/dev/src/app/tsmd build/dev/src/app/tsm build/dev/lab/tsm-lab"
