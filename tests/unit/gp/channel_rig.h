/* SPDX-License-Identifier: Apache-2.0 */
/* Open channels for the tests of gp/channel, from three published openings. Test code. */
#ifndef TSM_TESTS_UNIT_GP_CHANNEL_RIG_H
#define TSM_TESTS_UNIT_GP_CHANNEL_RIG_H

#include "session_run.h"

/* The factory keys of most cards, and an opening of each kind with them. */
extern const char factory_key[];
extern const char s16_host[], s16_answer[], s8_host[], s8_answer[], scp02_host[], scp02_answer[];

/* Opens with the factory keys; `i` other than 0 replaces that of the answer. */
enum tsm_err try_open(const char *answer, const char *host, uint8_t i, uint8_t level, struct channel *ch,
                      struct session_keys *keys);
/* A channel after EXTERNAL AUTHENTICATE. */
void opened(const char *answer, const char *host, uint8_t i, uint8_t level, struct channel *ch,
            struct session_keys *keys);
void opened_scp03(uint8_t level, struct channel *ch, struct session_keys *keys);
/* Protects one plain command given as hex. */
void wrap(struct channel *ch, const struct session_keys *keys, const char *plain, struct octets *out,
          struct channel_expect *expect);
/* Opens an answer; on success its data are `plain`. */
enum tsm_err unwrap(struct channel *ch, const struct session_keys *keys, const struct channel_expect *expect,
                    struct octets answer, const char *plain);

#endif
