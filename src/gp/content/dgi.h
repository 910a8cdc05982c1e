/* SPDX-License-Identifier: Apache-2.0 */
/* Data groupings of STORE DATA as GlobalPlatform uses them. Stations 5 and 10. Pure.
 * [GPCS 11.1.12, GP Systems Scripting Language Annex B] */
#ifndef TSM_GP_CONTENT_DGI_H
#define TSM_GP_CONTENT_DGI_H

#include "base/bytes.h"

enum { DGI_SHORT_MAX = 254, DGI_LONG_MAX = 65535 };

/* One grouping; `value` and `whole` are borrowed. */
struct dgi {
    uint16_t id;
    struct bytes value, whole;
};

/* Identifier (2), length (1, or FF and 2), value. TOO_LONG above DGI_LONG_MAX. */
enum tsm_err dgi_write(struct writer *w, uint16_t id, struct bytes value);
enum tsm_err dgi_write_header(struct writer *w, uint16_t id, size_t len);
/* SHORT_INPUT when it is cut; the reader stays as it was then. */
enum tsm_err dgi_next(struct reader *r, struct dgi *out);

#endif
