/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test shares: octets from hex text, comparison with hex text, and the published vector files
 * that stand beside the tree. Test code; reads files. */
#ifndef TSM_TESTS_UNIT_VECTORS_H
#define TSM_TESTS_UNIT_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/bytes.h"

enum { OCTETS_MAX = 4096 };

/* Octets held by value; `octets_of` fails the test on text that is no hex. Spaces are allowed between octets.
 */
struct octets {
    size_t len;
    uint8_t at[OCTETS_MAX];
};
struct octets octets_of(const char *hex);
static inline struct bytes octets_bytes(const struct octets *o)
{
    return (struct bytes){o->at, o->len};
}
/* Hex literal as a span that lives until the end of the enclosing block: HEX("00A4") */
#define HEX(text) octets_bytes(&(struct octets[1]){octets_of(text)}[0])

/* The same octets as the hex text, else the test fails and prints both. */
#define assert_hex(got, hex) assert_hex_at((got), (hex), __FILE__, __LINE__)
void assert_hex_at(struct bytes got, const char *hex, const char *file, int line);
/* An outcome of the code under test; prints the cause when it is not the one that is due. */
#define assert_err(expr, want) assert_err_at((expr), (want), __FILE__, __LINE__)
#define assert_ok(expr)        assert_err((expr), TSM_OK)
void assert_err_at(enum tsm_err got, enum tsm_err want, const char *file, int line);

/*
 * A vector file of the folder TSM_VECTORS (default: ../shared/vectors beside the source root
 * TSM_SOURCE_ROOT). When it is not there, vectors_open skips the running test (counted as skipped), so it
 * returns only with a document.
 */
struct vectors {
    json_t *document;
};
struct vectors vectors_open(const char *file);
/* The same outside a test (in main, to make one test of each vector): false when the file is not there. */
bool vectors_load(const char *file, struct vectors *v);
void vectors_close(struct vectors *v);

/*
 * Walks the list `list` of the document ("vectors" in most files): the next object whose member "kind" is
 * `kind` (NULL: each one), NULL at the end. *at starts at 0. Fails the test when the list is not there.
 */
json_t *vectors_next(const struct vectors *v, const char *list, const char *kind, size_t *at);
/* How many objects vectors_next gives. */
size_t vectors_count(const struct vectors *v, const char *list, const char *kind);

/* Members of an object; a missing or malformed one fails the test. A dotted name goes into objects:
 * "inputs.key". */
const json_t *vector_member(const json_t *object, const char *name); /* NULL when not there */
struct octets vector_octets(const json_t *object, const char *name);
const char *vector_text(const json_t *object, const char *name);
long long vector_number(const json_t *object, const char *name);
bool vector_has(const json_t *object, const char *name);

#endif
