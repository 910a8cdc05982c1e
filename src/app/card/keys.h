/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that `tsm card` works with: held in memory when they were given in clear, or held by the vault and
 * used through its whole operations. One set of names for both. App. [GPCS App. E, AmdD]
 */
#ifndef TSM_APP_CARD_KEYS_H
#define TSM_APP_CARD_KEYS_H

#include "app/card/args.h"
#include "gp/channel/channel.h"
#include "vault/keys/handover.h"
#include "vault/keys/named.h"
#include "vault/operation/operation.h"
#include "vault/operation/channel/scp11.h"

/* With a vault every key set is in it, also one that was given in clear; without one none is. */
struct keyring {
    struct crypto *crypto;
    struct vault_party *vault; /* NULL: none */
};

/* One key set of one card. `clear` is filled without a vault, `sealed` with one. */
struct card_keyset {
    struct keyset clear;
    struct named_keyset sealed;
    struct keyset_form form;
    uint8_t kcvs[KEYSET_KEYS][GP_KCV_LEN];
    bool there, made; /* made: by this run, and kept in the vault */
};

/* What a key set has to be: of this protocol and version, for the card with this diversification data (NULL:
 * not known). */
struct keyset_wish {
    uint8_t protocol, kvn;
    const uint8_t *kdd;
};

/* Opens the vault that --vault and --pin name, or none. */
enum tsm_err keyring_open(const struct card_args *a, struct keyring *out);
void keyring_close(struct keyring *r);

/*
 * The key set that the source means for this card. MISSING_FIELD when a key is left out or diversification
 * needs the card's data, KEY_MISSING for a name that the vault does not know, KEY_REFUSED for a master
 * without --kdf, BAD_LENGTH. *out stays where it is: the sealed blob points into it.
 */
enum tsm_err keyring_find(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                          struct card_keyset *out);
/* A new random set, kept in the vault under `name` before anyone uses it. UNIQUE when the name is taken. */
enum tsm_err keyring_make(struct keyring *r, const char *name, const struct keyset_form *form,
                          struct card_keyset *out);
void card_keyset_wipe(struct card_keyset *k);

/* An open channel and, without a vault, its session keys; those of SCP11 are sealed with one. `dek_unknown`:
 * the domain has a DEK of its own that was not said, so that no keys can be packed. `stand_in`: in a plan
 * with a vault SCP11 has no session, and keys are packed as in the SCP03 channel here. */
struct card_channel {
    struct channel state, stand_in;
    struct session_keys session;
    struct sealed_keyset sealed;
    uint8_t sealed_room[SEALED_SESSION_MAX];
    bool dek_unknown;
};
/* As channel_open and channel_authenticate: EXTERNAL AUTHENTICATE is appended. */
enum tsm_err ring_open(struct keyring *r, struct card_keyset *k, const struct scp_opening *o,
                       struct card_channel *ch, struct writer *external);
/* A state without a card behind it, to plan with: sizes are right, values are of no use. */
enum tsm_err ring_pretend(struct keyring *r, struct card_keyset *k, struct card_channel *ch);
/* The same for SCP11; ch->state and k->form are set. */
enum tsm_err ring_pretend_scp11(struct keyring *r, struct card_keyset *k, struct card_channel *ch);
enum tsm_err ring_wrap(struct keyring *r, struct card_keyset *k, struct card_channel *ch,
                       const struct apdu *plain, struct writer *capdu, struct channel_expect *expect);
enum tsm_err ring_unwrap(struct keyring *r, struct card_keyset *k, struct card_channel *ch,
                         const struct channel_expect *expect, struct bytes answer, struct writer *plain,
                         uint16_t *sw);

/* New keys packed for the card under the DEK of the channel: the data field of PUT KEY and the answer that is
 * due, or the groupings 00B9 and 8113 of STORE DATA. */
struct ring_packing {
    struct card_keyset *current, *fresh;
    const struct card_channel *channel;
    enum gp_key_layout layout;
};
/* KEY_MISSING when the domain has a DEK that was not said. */
enum tsm_err ring_has_dek(const struct card_channel *ch);
enum tsm_err ring_put_key(struct keyring *r, const struct ring_packing *p, struct writer *body,
                          struct writer *answer);
enum tsm_err ring_store_keys(struct keyring *r, const struct ring_packing *p, struct writer *body);

#endif
