/* SPDX-License-Identifier: Apache-2.0 */
/* Version tags and the patterns that ask for one. Station 2. Role, without I/O. [TR-03165 4.1.4.3, 4.2.5.7]
 */
#ifndef TSM_ROLE_SP_TSMAPI_WIRE_VERSION_H
#define TSM_ROLE_SP_TSMAPI_WIRE_VERSION_H

#include "base/bytes.h"

enum { VERSION_PARTS_N = 3, VERSION_TEXT_MAX = 32 };

/* major.minor.revision; in a pattern the last parts may be any. */
struct version {
    int64_t part[VERSION_PARTS_N];
    size_t fixed; /* parts that are numbers; 3: one version */
};

/* BAD_FORM: other characters than digits, points and x, or none. UNSUPPORTED: these, but no pattern of the
 * guideline. */
enum tsm_err version_pattern(const char *text, struct version *out);
/* A tag: three numbers. BAD_FORM. */
enum tsm_err version_tag(const char *text, struct version *out);
/* <0, 0, >0, part by part as numbers. */
int version_compare(const struct version *a, const struct version *b);
bool version_fits(const struct version *pattern, const struct version *tag);

#endif
