/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A talk with a secure element: a plan carried out over exchanges, protected by SCP80 packets or in a secure
 * channel, with lost answers settled by the step's probe. Stations 5, 7, 8, 10, 11. Edge (vault, counters);
 * what leaves is returned, not sent.
 *
 *   talk_next -> payload of one exchange (committed by the caller, then carried) -> reply -> talk_read ->
 * talk_next ...
 *
 * The state holds no secret: any node goes on after a crash between two exchanges [DESIGN 4, rules 2, 3, 5].
 */
#ifndef TSM_LINK_TALK_TALK_H
#define TSM_LINK_TALK_TALK_H

#include <jansson.h>

#include "gp/certificate/certificate.h"
#include "gp/channel/channel.h"
#include "order/outcome.h"
#include "order/plan.h"
#include "store/store.h"
#include "vault/vault.h"

enum {
    TALK_STATE_VERSION = 6,     /* of what is stored: see state.c */
    TALK_STATE_MAX = 640,       /* octets of it */
    TALK_AGREED_MAX = 256,      /* sealed ephemeral key or session of SCP11 */
    TALK_POINT = 65,            /* a key of P-256 */
    TALK_LOSSES_MAX = 4,        /* answers lost in a row before the talk is given up */
    TALK_COUNTER_JUMP = 1000,   /* step of a resynchronisation after "counter low" */
    TALK_AUTHENTICATE_MAX = 48, /* EXTERNAL AUTHENTICATE of S16 */
    TALK_PAYLOAD_MAX = 64,      /* commands in one exchange */
};

enum talk_phase { TALK_COMMANDS, TALK_PROBING };
enum talk_channel { CHANNEL_NONE, CHANNEL_OPENING, CHANNEL_ANSWERED, CHANNEL_OPEN };

struct talk_state {
    uint8_t version, step, phase, redo, losses, channel_state, channel_domain, authenticate_len;
    uint16_t position, sent;
    uint32_t asked;   /* exchanges so far: part of their idempotency keys */
    uint64_t counter; /* of the packet in flight */
    uint8_t host[16], host_len;
    uint8_t changed, jump;  /* the card was written to; the counter must jump before the next packet */
    uint8_t changed_before; /* the same before the exchange in flight */
    uint8_t assumed;        /* a packet of this step was executed, but what it answered is lost */
    uint8_t control;        /* the card's whole list is asked for, since the probe found nothing */
    uint8_t shut; /* a batch of this step began with 6982: is the channel gone, or refused the command? */
    uint8_t ask_first; /* each step begins with its probe: an earlier talk may have done it */
    uint8_t authenticate[TALK_AUTHENTICATE_MAX];
    struct channel channel, before; /* now, and at the start of the batch in flight */
    /* SCP11: sealed in the vault, the ephemeral key until the card has answered, then the session; the key of
     * the domain's certificate. */
    uint16_t agreed_len;
    uint8_t agreed[TALK_AGREED_MAX], point[TALK_POINT];
};

/* A channel of SCP11a in place of one by a key set: our static key by name with the certificates that the
 * card verifies, the authority that its own must lead to, the version of its key. All borrowed. */
struct talk_agreed {
    const char *oce;
    struct bytes certificates;
    struct certificate_trust trust;
    uint8_t kvn;
};

/* The key set that protects a step, by plan_domain; kvn 0 where there is none. */
struct talk_key {
    struct sealed_keyset sealed;
    int64_t id;
    uint8_t kvn;
    const struct talk_agreed *agreed; /* SCP11a; NULL: by the key set */
};

struct talk {
    const struct plan *plan;
    struct plan_facts *facts;
    struct vault_party *vault;
    struct talk_key key[PLAN_DOMAINS];
    /* Fills what the vault makes for a step (new keys, encrypted DGIs) under the open channel, NULL with
     * SCP80. May be NULL. */
    enum tsm_err (*prepare)(void *self, const struct plan_step *step, const struct channel *channel,
                            struct plan_facts *facts);
    /* Told of each answer that goes on, in order, while talk_read runs: for steps that read. The data are
     * borrowed for the call. May be NULL. */
    void (*heard)(void *self, const struct plan_step *step, size_t command, const struct step_answer *answer);
    void *self;
    struct talk_state *state;
    /* out: */
    struct failure failure;
    bool changing; /* what talk_next gave may change the card */
    bool refused;  /* TALK_FAILED because the card refused a command: the step that was said is not done */
    bool denied; /* TALK_FAILED because the element did not take the key set, so nothing was done under it */
    const struct plan_step *said; /* the step that the last reply belonged to */
    json_t *apdus; /* decoded commands and answers of the last reply, secrets masked; owned by the talk */
};

enum talk_event {
    TALK_GO_ON,     /* talk_next has more to send */
    TALK_STEP_DONE, /* so has it, and the step before is done */
    TALK_LISTEN,    /* another answer to the same packet will come: ask again with an empty payload */
    TALK_DONE,
    TALK_FAILED, /* see failure */
};

/* The beginning; the caller may set ask_first then by talk_ask_first. */
void talk_begin(struct talk_state *state);
void talk_ask_first(struct talk_state *state);
/* The state as stored between two exchanges, at most TALK_STATE_MAX octets. Reading: an empty span is the
 * beginning; UNSUPPORTED for another version, with both versions in the cause; SHORT_INPUT, TRAILING_BYTES,
 * BAD_VALUE for what no talk has stored. */
enum tsm_err talk_state_write(const struct talk_state *state, struct writer *w);
enum tsm_err talk_state_read(struct bytes stored, struct talk_state *out);
/* The same as text of JSON; NULL (nothing stored) reads as the beginning. */
json_t *talk_state_json(const struct talk_state *state);
enum tsm_err talk_state_of_json(const json_t *stored, struct talk_state *out);
/* SCP80 packets, or a secure channel? */
static inline bool talk_by_packets(const struct talk *t)
{
    return t->facts->profile->protocol == 0x80;
}
/* What wraps and encrypts for a step now: its key set, or in SCP11 the sealed session; for `prepare`. */
struct sealed_keyset talk_keys(const struct talk *t, enum plan_domain domain);
/* The most data bytes of one plain command that bearer and protection of a profile leave. */
size_t talk_data_max(const struct se_profile *profile);
/* The step in hand; not after TALK_DONE. */
const struct plan_step *talk_step(const struct talk *t);
void talk_end(struct talk *t); /* drops apdus */
/* Steps that the facts make needless are passed over; a plan may have nothing left to say. */
void talk_pass_needless(struct talk *t);
/* Calls `prepare` for the step in hand if it can be called now: for callers that do not want the vault's slow
 * work in their commit. */
enum tsm_err talk_prepare(struct talk *t);
/* The payload of the next exchange, a JSON list of hex strings; owned by the caller. Reserves the counter in
 * `tx`. NEEDS_BETTER_LINK where no packet of this profile holds a command. */
enum tsm_err talk_next(struct talk *t, struct tx *tx, json_t **payload);
/* Reads {answers: [..]} or {lost: true, reason} or {failure: {owner, reason, next_action}, sent}; a failure
 * without `sent` was refused before anything left. Errors of the
 * vault (CRYPTOGRAM_WRONG ..) become TALK_FAILED; only what may be tried again is returned. */
enum tsm_err talk_read(struct talk *t, const json_t *reply, enum talk_event *event);
/* Exchanges that the whole plan will need, and the short messages in them (proofs of receipt apart: one an
 * exchange); for station 4. In a channel, a step is one exchange. */
struct talk_estimate {
    size_t exchanges, messages, bytes;
};
enum tsm_err talk_estimate(struct talk *t, struct talk_estimate *out);

#endif
