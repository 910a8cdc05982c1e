/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab terminal`: a payment terminal in front of a software element. Edge. */
#ifndef LAB_TERMINAL_TERMINAL_H
#define LAB_TERMINAL_TERMINAL_H

#include "terminal/kernel.h"

enum { TERM_MAX_AMOUNT_DIGITS = 12, TERM_MAX_CURRENCY = 999, TERM_PIN_MIN = 4, TERM_PIN_MAX = 12 };

/* Exit status: 0 an ARQC came, 1 no card, 2 usage, 3 refused. */
int terminal_main(int argc, char **argv);

/* One transaction of today with fresh randomness at the element HOST:PORT. */
void terminal_pay(const char *host_port, uint64_t amount, unsigned currency, struct term_outcome *out);
/* The same with a scheme's key (NULL: cards are not authenticated offline) and the customer's PIN (NULL: none
 * is asked for), both borrowed. */
struct terminal_checks {
    const struct oda_ca *ca;
    const char *pin;
};
void terminal_pay_with(const char *host_port, uint64_t amount, unsigned currency,
                       const struct terminal_checks *checks, struct term_outcome *out);

#endif
