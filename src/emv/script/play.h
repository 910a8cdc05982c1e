/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script at play: the commands and groupings of a step, what its answers say. What was read from answers
 * outlives an exchange as octets (script_played_write); card data and keys never do. Stations 5 and 10. Pure:
 * keys are the vault's, called through struct script_keys. [docs/personalisation.md]
 */
#ifndef TSM_EMV_SCRIPT_PLAY_H
#define TSM_EMV_SCRIPT_PLAY_H

#include "base/secret.h"
#include "emv/perso/variables.h"
#include "emv/script/script.h"

enum { SCRIPT_VALUES_MAX = 64, SCRIPT_PLAYED_MAX = 4096 };

/* A variable that was read, or given before the play. */
struct script_value {
    char name[TEMPLATE_NAME_MAX + 1];
    bool vague; /* in a trial: its length is known in earnest only */
    size_t len;
    uint8_t at[SCRIPT_VALUE_MAX];
};

/* What the vault does for a script beside struct emv_keys. derive: the result of a named operation; `with` is
 * empty where the key is named. encrypt: appends `clear` under the data key of the card's channel. */
struct script_keys {
    void *self;
    enum tsm_err (*derive)(void *self, const struct script_derivation *d, struct emv_card_id card,
                           struct bytes with, struct bytes over, struct writer *w);
    enum tsm_err (*encrypt)(void *self, struct bytes clear, struct writer *w);
};

/* Wiped when its name goes out of scope (SCRIPT_PLAY): it may hold card data and keys. */
struct script_play {
    const struct perso_script *script;
    const struct script_keys *keys; /* NULL: no derivation is at hand */
    const json_t *inputs[2]; /* by enum script_from: objects of texts (or lists of texts); may be NULL */
    struct variables v;      /* v.in: profile (the script's), card, keys, pair */
    size_t values_n;
    struct script_value value[SCRIPT_VALUES_MAX];
    /* of the work in hand */
    struct template_source more;
    const char *item;      /* member of the list that a step is repeated over */
    const char *item_name; /* NULL: it is not */
    bool may_encrypt;      /* @enc( ) has its place here */
    bool vague;            /* a value whose length is known in earnest only was written (trial) */
    size_t deriving;       /* one more than the derivation in work: it sees those before it only */
};
static inline void script_play_wipe(struct script_play *p)
{
    explicit_bzero(p, sizeof *p);
}
#define SCRIPT_PLAY __attribute__((cleanup(script_play_wipe))) struct script_play

/* What a step sends. Spans are borrowed from the buffer; groupings that are `encrypted` are still clear. */
struct script_output {
    bool store;
    size_t n;
    struct cps_dgi dgi[PROFILE_DGIS_MAX];
    struct bytes command[SCRIPT_REPEAT_MAX];
};

/* Gives a variable its value; again: its new one. TOO_LONG, BAD_FORM. */
enum tsm_err script_set(struct script_play *p, const char *name, struct bytes value);
/* Whether the step is to be done. */
enum tsm_err script_due(struct script_play *p, size_t step, bool *due);
/* What the step sends. NOT_FOUND for a variable that nothing set, MISSING_FIELD for an input, BAD_LENGTH when
 * Lc disagrees with what stands behind it; the cause names the step. The buffer is as it was then, wiped. */
enum tsm_err script_write(struct script_play *p, size_t step, struct writer *buffer,
                          struct script_output *out);
/* An answer to command `number` of the step: read and asserted. CARD_REFUSED for a status word that the step
 * does not expect, SHORT_INPUT for a reading beyond the answer, NOT_FOUND for an object that is not in it,
 * BAD_LENGTH for one of another length, CONFLICT for an assertion that does not hold, in its own words; the
 * cause names the step and shows no value. */
struct script_answer {
    size_t number;
    struct bytes data;
    uint16_t sw;
};
enum tsm_err script_take(struct script_play *p, size_t step, struct script_answer a);
bool script_expects(const struct script_step *s, uint16_t sw);

/* The variables that were set and read, as octets between two exchanges; at most SCRIPT_PLAYED_MAX. */
enum tsm_err script_played_write(const struct script_play *p, struct writer *w);
enum tsm_err script_played_read(struct script_play *p, struct bytes stored);

/* What a play will send at most: octets of the commands in plain form, without those that open a channel. */
struct script_size {
    size_t commands, octets, groupings;
};
/* For one step, with the values of `p` where it has card and keys, else with zeros. `block_max`: data octets
 * of one command; `cipher_block`: of the channel's data key. */
enum tsm_err script_measure(struct script_play *p, size_t step, size_t cipher_block, size_t block_max,
                            struct script_size *sum);

#endif
