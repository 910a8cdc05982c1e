/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of partner messages share: a message as a row, the reply that comes to its asker, the letter
 * that carries it. Station 6. Edge. */
#ifndef TSM_ENGINE_MAIL_MAIL_H
#define TSM_ENGINE_MAIL_MAIL_H

#include "engine/partner.h"

enum { MAIL_OUT = 0, MAIL_IN = 1, MAIL_NEW = 0, MAIL_DELIVERED = 1, MAIL_REPLIED = 2, MAIL_URL_MAX = 256 };

struct partners {
    struct partners_config c;
    struct partner_row rows[PARTNER_ROWS_MAX];
    size_t n;
    struct partner_look looks[PARTNER_ROWS_MAX];
    size_t n_looks;
    enum partner_verb late[PARTNER_ROWS_MAX]; /* whose replies are wanted at any time */
    size_t n_late;
};

/* A message as it is stored. */
struct mail_row {
    struct partner_call call;
    int64_t direction, state;
    char key[MESSAGE_KEY_MAX + 1];
    uint8_t trace[TRACE_LEN];
};
enum tsm_err mail_load(struct tx *tx, int64_t id, struct mail_row *out);
/* Brings a reply to the row that asked and to the job that waits for it; only whom it asked may answer. */
enum tsm_err mail_reply(struct partners *p, struct tx *tx, const struct partner_call *c, const char *body);
/* A job that carries the message `row` (its id in row->call) to the peer. */
enum tsm_err mail_carry(struct tx *tx, const struct partner_call *row);

#endif
