/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of files that spreadsheets write: fields between commas, semicolons or tabs, quotes around fields
 * that need them. Station 1. Pure. [RFC 4180, without line ends inside a field]
 */
#ifndef TSM_BASE_CSV_CSV_H
#define TSM_BASE_CSV_CSV_H

#include "base/bytes.h"

/* The text without the mark that spreadsheets put in front of UTF-8. */
struct bytes csv_without_mark(struct bytes text);

/* What stands between the fields of a file, told by its heading: a semicolon or a tab where it has no comma
 * and has one of them, else a comma. */
char csv_separator(struct bytes heading);

/* A line without its end. `more`: a field follows; true at the start, also of an empty line, which has one
 * empty field. */
struct csv_line {
    struct reader left;
    char separator;
    bool more;
};
#define CSV_LINE(span, sep) ((struct csv_line){READER(span), (sep), true})

/*
 * The next field as a text of at most room - 1 octets, without its quotes, two of them inside standing for
 * one, and without blanks around it. NOT_FOUND at the end; BAD_FORM for quotes that do not close or stand
 * inside a field without, and for control characters; TOO_LONG. The cause shows nothing of the field.
 */
enum tsm_err csv_field(struct csv_line *line, char *to, size_t room);

#endif
