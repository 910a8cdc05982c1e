/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An inventory file as a row of JSON objects, whatever its form: one object a line (NDJSON), CSV by its
 * heading, one JSON list. Each is read by itself, so that a file of any length needs the memory of one line.
 * Station 1. Pure but for jansson.
 */
#ifndef TSM_ROLE_SEM_INVENTORY_SOURCE_H
#define TSM_ROLE_SEM_INVENTORY_SOURCE_H

#include "base/json.h"

enum source_form { SOURCE_NDJSON, SOURCE_CSV, SOURCE_LIST };
enum { CSV_COLUMNS_MAX = 32, CSV_NAME_MAX = 24, CSV_FIELD_MAX = 2048 };

/* A member that the objects may have. */
typedef bool source_knows(const char *name);

struct source {
    enum source_form form;
    source_knows *knows; /* NULL: any column may stand in a heading */
    struct bytes rest;   /* borrowed */
    int64_t number;      /* of the object that was given last: its line, in a list its place */
    bool begun, broken;
    char names[CSV_COLUMNS_MAX][CSV_NAME_MAX], separator;
    size_t n_names;
};

void source_open(struct source *s, enum source_form form, struct bytes body);
/*
 * The next object; owned by the caller. NOT_FOUND at the end. Any other error is of this object alone, and
 * the next may be read, unless `broken`: the body is no list, or its heading is none: UNKNOWN_FIELD for a
 * column that is not known, DUPLICATE_TAG for one that stands twice, TOO_LONG.
 */
enum tsm_err source_next(struct source *s, json_t **object);

#endif
