/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of gp/ share: keys from hex, and the loops that every reader has to stand. Test code. */
#ifndef TSM_TESTS_UNIT_GP_RIG_H
#define TSM_TESTS_UNIT_GP_RIG_H

#include "../vectors.h"
#include "gp/channel/channel.h"

/* Group fixtures: one set of contexts for the executable. */
int rig_setup(void **state);
int rig_teardown(void **state);
struct crypto *rig_crypto(void);

struct cipher_key key_of(enum cipher_alg alg, const char *hex);
/* Three keys; `mac` and `dek` NULL: the same as `enc`. */
struct static_keys keys_of(enum cipher_alg alg, const char *enc, const char *mac, const char *dek);

/* A reader under test, as a function of the input alone. */
typedef enum tsm_err (*read_whole)(struct bytes input);
/* The input is taken; every strict prefix, and the input with any octet appended, is refused. */
void assert_refuses_prefixes_and_tail(read_whole read, const char *hex);
void assert_refuses_prefixes(read_whole read, const char *hex);

#endif
