/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the payment vectors for the tests of the bank and the terminal: the file is found through
 * TSM_VECTORS, else beside the source tree; without it the test is skipped. */
#ifndef TESTS_LAB_BANK_ROWS_H
#define TESTS_LAB_BANK_ROWS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { ROW_MAX = 1024 };

/* Calls each(inputs, expected, name) for every row of the kind; returns how many there were. Skips the
 * running test when the file is missing. */
typedef void row_check(const json_t *inputs, const json_t *expected, const char *name);
size_t rows_each(const char *kind, row_check *each);

/* A hex member into bytes; fails the test when it is missing or malformed. Returns the length. */
size_t row_hex(const json_t *object, const char *member, uint8_t *out, size_t cap);
const char *row_text(const json_t *object, const char *member);

#endif
