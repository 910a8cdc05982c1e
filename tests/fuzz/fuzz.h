/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target offers: the entry point that libFuzzer and replay.c call, and the inputs to start from.
 */
#ifndef TSM_TESTS_FUZZ_FUZZ_H
#define TSM_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Reads one input; returns 0. A fault of any kind (signal, sanitizer, abort) is the finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Valid inputs as hex text, ended by NULL. A target may leave it out; files in seeds/<name>/ are read as
 * well. */
extern const char *const fuzz_seeds[] __attribute__((weak));

#endif
