/* SPDX-License-Identifier: Apache-2.0 */
/* The published vectors of the folder TSM_VECTORS (default ../shared/vectors beside the source tree) for the
 * tests of the laboratory's card; edge (reads files). */
#ifndef TESTS_LAB_CARD_VECTORS_H
#define TESTS_LAB_CARD_VECTORS_H

#include "common/crypto/cipher.h"

#include <jansson.h>

/* The named file, NULL when the folder or the file is missing: the caller skips. */
json_t *vectors_load(const char *name);
/* The string member, "" when absent. */
const char *text_of(const json_t *object, const char *key);
/* The member as bytes; returns their number. */
size_t bytes_of(const json_t *object, const char *key, uint8_t *to, size_t cap);
/* The member as a key of the given type. */
struct sym_key key_of(const json_t *object, const char *key, uint8_t type);

/* Runs `check` for every vector of a kind and returns how many there were. */
size_t each_of_kind(const json_t *file, const char *kind, void (*check)(const json_t *vector));

#endif
