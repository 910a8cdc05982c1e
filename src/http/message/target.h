/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets: their forms, percent-decoding, form parameters, paths against patterns. Station 1. Pure.
 * [RFC 9112 3.2; RFC 3986 2.1, 3.3; WHATWG URL 5.1] */
#ifndef TSM_HTTP_MESSAGE_TARGET_H
#define TSM_HTTP_MESSAGE_TARGET_H

#include "base/bytes.h"

enum { HTTP_PARAMS_MAX = 6 }; /* {names} in one pattern */

/* A named piece of a path; name borrows from the pattern, value from the path and is still percent-encoded.
 */
struct http_param {
    struct bytes name, value;
};

struct http_params {
    size_t n;
    struct http_param at[HTTP_PARAMS_MAX];
};

/*
 * Path and query of a request target, which both borrow from it: the origin form; the absolute form of an
 * http or https address, whose host is whoever's this listener is (an empty path is "/"); the asterisk, whose
 * path is "*". False for all else: CONNECT's form, a user before the host, a fragment, what is no URI.
 */
bool http_target_read(struct bytes target, struct bytes *path, struct bytes *query);

/*
 * Decodes %XX to `out` with a final 0; with `form` a '+' is a space. BAD_FORM for a bad escape, for NUL and
 * for other control characters, for what is no UTF-8; TOO_LONG when more than cap-1 octets.
 */
enum tsm_err http_decode(struct bytes text, bool form, char *out, size_t cap);

/*
 * The value of one parameter of "a=1&b=2" (a query or a form body), decoded. MISSING_FIELD when it is not
 * there, DUPLICATE_TAG when it is there twice [RFC 6749 3.1]; both name the field.
 */
enum tsm_err http_form_param(struct bytes form, const char *name, char *out, size_t cap);

/*
 * Does a path match a pattern such as "/api/v1/orders/{id}"? A {name} stands for one segment that is not
 * empty. "." and ".." match no {name}: nobody may climb. A pattern that ends in a {name...} takes the rest of
 * the path.
 */
bool http_path_matches(struct bytes pattern, struct bytes path, struct http_params *out);

#endif
