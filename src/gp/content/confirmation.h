/* SPDX-License-Identifier: Apache-2.0 */
/* What a card answers to INSTALL, LOAD and DELETE: nothing to say, or a confirmation with a receipt. Stations
 * 10 and
 * 11. Pure. [GPCS 11.1.6] */
#ifndef TSM_GP_CONTENT_CONFIRMATION_H
#define TSM_GP_CONTENT_CONFIRMATION_H

#include "base/bytes.h"

/* `data` is the confirmation data without the receipt: what the receipt is made over begins with it. Spans
 * are borrowed; optional ones are empty when absent. */
struct gp_confirmation {
    bool present;
    struct bytes receipt, data;
    uint16_t counter;
    struct bytes sd_unique, token_id, token_digest;
};

/* Reads the data of the answer: empty (older cards) and 00 mean no confirmation. */
enum tsm_err confirmation_read(struct bytes data, struct gp_confirmation *out);
/* Writes the answer: 00 when not present. */
enum tsm_err confirmation_write(const struct gp_confirmation *c, struct writer *w);

#endif
