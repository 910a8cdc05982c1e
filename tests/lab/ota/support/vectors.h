/* SPDX-License-Identifier: Apache-2.0 */
/* The OTA vector file, read with jansson, and small conveniences for tests with octet strings. */
#ifndef TESTS_LAB_OTA_VECTORS_H
#define TESTS_LAB_OTA_VECTORS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { VECTOR_MAX = 2048 };

/* An octet string from a vector. */
struct octets {
    uint8_t at[VECTOR_MAX];
    size_t len;
};

/* The whole file: from TSM_VECTORS, else ../shared/vectors beside the source root. NULL when it is not there;
 * the caller owns the reference. */
json_t *vectors_load(void);
/* Skips the running test when the file is missing. */
json_t *vectors_or_skip(void);

struct octets octets_from_hex(const char *hex);
/* A member of an object as octets; fails the test when it is missing. */
struct octets octets_of(const json_t *object, const char *name);
const char *text_of(const json_t *object, const char *name);

#endif
