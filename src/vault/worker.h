/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bench of one thread inside the vault: its crypto contexts, kept for the life of the thread, and locked
 * scratch for the key set in hand, wiped after every batch. Stations 5, 7, 10. Edge.
 */
#ifndef TSM_VAULT_WORKER_H
#define TSM_VAULT_WORKER_H

#include "gp/channel/channel.h"
#include "ota/packet/packet.h"
#include "vault/ephemeral.h"
#include "vault/keys/keyset.h"

enum { WORKER_PLAIN = 512 };

struct worker {
    struct crypto *crypto;
    struct keyset keys, fresh; /* the set in use, and a new one on its way to a card */
    struct static_keys statics;
    struct session_keys session;
    struct scp80_keys packet;
    struct ephemeral ephemeral;
    struct cipher_key key;       /* any one key beside them */
    uint8_t plain[WORKER_PLAIN]; /* unsealed bytes before they are read */
};

/* This thread's bench; NO_MEMORY or CRYPTO_FAILED at first use. Given back by worker_rest. */
enum tsm_err worker_get(struct worker **out);
/* The end of a batch: all scratch and all key schedules wiped. NULL is legal. */
void worker_rest(struct worker *w);

static inline void worker_rest_at(struct worker **w)
{
    worker_rest(*w);
}
/* WORKER(w); declares and takes the bench of this thread, and wipes it on every way out of the block. */
#define WORKER(name)                                                     \
    __attribute__((cleanup(worker_rest_at))) struct worker *name = NULL; \
    TRY(worker_get(&(name)))

#endif
