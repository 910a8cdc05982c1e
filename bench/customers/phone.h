/* SPDX-License-Identifier: Apache-2.0 */
/* A customer's phone with its embedded secure element, both in this process: the agent of GP SERAM without a
 * fault, a radio or a reader in between. Bench only; made of laboratory parts alone. Station 9 seen from the
 * device. */
#ifndef TSM_BENCH_CUSTOMERS_PHONE_H
#define TSM_BENCH_CUSTOMERS_PHONE_H

#include <stdbool.h>

#include "card/card.h"
#include "handset/https.h"

struct phone {
    struct https *http; /* kept alive over orders; owned by the caller */
    struct card *card;
    const char *se_id;
    unsigned apdus, reports; /* so far */
    double card_s;           /* spent in the element */
};

/* Serves one session until the server stops it. False, with a message on standard error, when it ends
 * otherwise. */
bool phone_serve(struct phone *p, const char *url, const char *session);
double phone_now(void);

#endif
