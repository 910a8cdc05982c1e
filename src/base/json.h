/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by table: one row a member reads and checks it; the only user of jansson's parser. Stations 1 and 12.
 * Pure but for allocation. [RFC 8259] */
#ifndef TSM_BASE_JSON_H
#define TSM_BASE_JSON_H

#include <jansson.h>

#include "base/bytes.h"

enum { JSON_DEPTH_MAX = 32, JSON_BODY_MAX = 1 << 20 };

enum json_kind {
    JSON_TEXT,  /* char[cap]: UTF-8 with a final 0; min..max characters (bytes) */
    JSON_INT,   /* int64_t; min..max value */
    JSON_BOOL,  /* bool */
    JSON_VALUE, /* json_t *: borrowed object or array of the document */
    JSON_ENUM,  /* int: index in the NULL-ended word list `words` */
};

enum json_need { JSON_OPTIONAL, JSON_NEEDED };

struct json_row {
    const char *name;
    enum json_kind kind;
    size_t offset; /* in the struct that is read */
    int64_t min, max;
    enum json_need need;
    const char *const *words;
};

/*
 * For a process once, before its first document: where memory runs out while one is made, it lacks members
 * and nobody looked; then it is never written. `give_back` frees memory (and may wipe it).
 */
void json_memory(void (*give_back)(void *at));
/* Since this was asked last, has this thread made a document that lacks something? */
bool json_lacks(void);
/* How often this thread found no memory for a document, ever. Who judges by documents compares: when it has
 * grown, what was found missing or wrong may have been neither. */
unsigned json_shortages(void);

/*
 * Parses a document: duplicate members refused, depth bounded, trailing bytes refused. *out is owned by the
 * caller (json_decref). BAD_FORM names line and column; NO_MEMORY.
 */
enum tsm_err json_read(struct bytes text, json_t **out);
/* The same for documents that are long lists, up to `max` bytes. */
enum tsm_err json_read_long(struct bytes text, size_t max, json_t **out);
/* Fills `into` from an object by its rows (ended by a row without name). Unknown members, wrong types and
 * lengths are refused with the field named. */
enum tsm_err json_fill(const json_t *object, const struct json_row *rows, void *into);
/* The same for messages of others, whose later versions may have members that are not known here: those are
 * passed over. */
enum tsm_err json_fill_known(const json_t *object, const struct json_row *rows, void *into);
/* Compact text of a document; owned by the caller (free). NULL when memory is exhausted, or was while this
 * thread made it. */
char *json_text(const json_t *value);
/* The text of a member; "" where it is missing or is no text. Borrowed from the object, which may be NULL. */
const char *json_member(const json_t *object, const char *name);
/* A member that spells at most `cap` bytes in hex; BAD_VALUE with the member named where it does not. */
enum tsm_err json_member_hex(const json_t *object, const char *name, uint8_t *to, size_t cap, size_t *len);

#endif
