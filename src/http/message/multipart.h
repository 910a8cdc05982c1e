/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of multipart/form-data: parts one after the other, as borrowed spans. Station 1. Pure. [RFC 7578,
 * RFC 2046 5.1] */
#ifndef TSM_HTTP_MESSAGE_MULTIPART_H
#define TSM_HTTP_MESSAGE_MULTIPART_H

#include "base/bytes.h"

enum {
    MULTIPART_BOUNDARY_MAX = 70, /* characters [RFC 2046 5.1.1] */
    MULTIPART_HEAD_MAX = 4096,   /* octets of the fields of one part */
    MULTIPART_LINES_MAX = 8,
    MULTIPART_NAME_MAX = 1020 /* 255 characters of UTF-8 */
};

/* A body on its way; borrows from it. */
struct multipart {
    struct reader left;
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* CR LF -- boundary */
    bool over;                                  /* the closing delimiter was read */
};

struct multipart_part {
    char name[MULTIPART_NAME_MAX + 1], filename[MULTIPART_NAME_MAX + 1];
    bool has_filename;
    struct bytes type, body; /* type: as it stands, empty when there is none */
};

/* Reads the boundary of a Content-Type field and passes over what is before the first delimiter. WRONG_TYPE
 * unless it is multipart/form-data, MISSING_FIELD without a boundary, BAD_FORM when the body has no delimiter
 * line. */
enum tsm_err multipart_begin(const char *content_type, struct bytes body, struct multipart *out);
/*
 * The next part; NOT_FOUND behind the last one. SHORT_INPUT when the closing delimiter is missing, BAD_FORM
 * for a part without a form-data name, for fields that are none and for control characters in names, TOO_LONG
 * above the limits here. A failed call leaves *m as it was.
 */
enum tsm_err multipart_next(struct multipart *m, struct multipart_part *out);

#endif
