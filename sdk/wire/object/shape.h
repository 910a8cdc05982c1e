/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the TSM-API by table: one row a member reads it into its struct, whose texts are borrowed from
 * the document. Pure but for allocation. [TR-03165 4.2.3] */
#ifndef OPENTSM_SDK_SHAPE_H
#define OPENTSM_SDK_SHAPE_H

#include "wire/object/memory.h"

enum field_kind {
    FIELD_TEXT,   /* const char *; "" where it is absent or null; at most `max` characters */
    FIELD_INT,    /* int, 0..max */
    FIELD_TRUTH,  /* bool, from 0 or 1 */
    FIELD_MAP,    /* struct tsm_api_map */
    FIELD_OBJECT, /* a struct of shape `of` */
    FIELD_LIST,   /* { const T *at; size_t n; } of structs of shape `of`; at most `max` */
};

enum field_need { FIELD_OPTIONAL, FIELD_NEEDED };

struct field {
    const char *name;
    enum field_kind kind;
    enum field_need need;
    size_t at; /* in the struct */
    int64_t max;
    const struct shape *of;
};

struct shape {
    size_t size;
    const struct field *fields; /* ended by a row without name */
};

/*
 * Fills `into` (the size of the shape) from an object; members that are not known are passed over, null
 * counts as absent. BAD_FORM for what is no object, BAD_VALUE, TOO_LONG and MISSING_FIELD with the member
 * named; NO_MEMORY. What is read lives as long as `m` and the document.
 */
enum tsm_err shape_read(const json_t *object, const struct shape *s, struct tsm_api_memory *m, void *into);
/* Gives every absent text of a zeroed struct its "". */
void shape_empty(const struct shape *s, void *into);

#endif
