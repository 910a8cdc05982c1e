/* SPDX-License-Identifier: Apache-2.0 */
/* The off-card half of SCP02 and SCP03 for the tests of the card: authentication, wrapping, checking of
 * answers; pure; GPCS 2.3.1 appendix E, Amd D. */
#ifndef TESTS_LAB_CARD_HOST_H
#define TESTS_LAB_CARD_HOST_H

#include "desk.h"

size_t desk_send(struct desk *d, const uint8_t *in, size_t n, uint8_t **answer);
uint16_t host_open(struct desk *d, uint8_t kvn, uint8_t level, size_t challenge_len);
/* `in` is a short command in clear; the protected one is left in d->wrapped as hex. */
void host_wrap(struct desk *d, const uint8_t *in, size_t n);
/* Checks and strips R-MAC and R-ENCRYPTION; the clear data is left in d->data; returns the status word. */
uint16_t host_unwrap(struct desk *d, const uint8_t *in, size_t n, const uint8_t *out, size_t len);

#endif
