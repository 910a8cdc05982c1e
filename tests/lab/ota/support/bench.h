/* SPDX-License-Identifier: Apache-2.0 */
/* A SIM on a card that is small enough to see through, and a sender that wraps for it. Test code. [TS 31.111
 * 7.1.1] */
#ifndef TSM_LAB_TEST_BENCH_H
#define TSM_LAB_TEST_BENCH_H

#include "support/fake_card.h"
#include "support/vectors.h"
#include "support/wrap.h"
#include "uicc/sim/ota.h"
#include "uicc/sim/sim.h"
#include "uicc/sim/toolkit.h"

struct bench {
    struct card_config config;
    struct uicc_quirks quirks;
    struct card *card;
    struct sim *sim;
    struct wrap wrap;
    struct octets answer; /* of the last ENVELOPE, without status word */
    uint16_t sw;
};

/* Fixtures: *state is a bench without quirks and faults. */
int bench_up(void **state);
int bench_down(void **state);
/* A new card with these. */
void bench_start(struct bench *b, const char *quirks, const char *faults);
/* ENVELOPE with a DELIVER from 12345678; false when the card lost power. */
bool bench_envelope(struct bench *b, const uint8_t *user_data, size_t n);
/* A wrapped script in one message with the next counter. */
bool bench_command(struct bench *b, const char *script);
/* The last answer is a response packet of this status from our application. */
void bench_expect(struct bench *b, enum por_status status);
/* FETCH by the length in 91xx; the SUBMIT's user data into `user_data`. Then TERMINAL RESPONSE. */
void bench_fetch(struct bench *b, struct octets *whole, struct octets *user_data);

#endif
