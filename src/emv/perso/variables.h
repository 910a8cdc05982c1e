/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of personalisation templates. Inside emv only. Station 5. Pure. [docs/personalisation.md] */
#ifndef TSM_EMV_PERSO_VARIABLES_H
#define TSM_EMV_PERSO_VARIABLES_H

#include "emv/perso/profile.h"

/* What may become of a value: said anywhere, put on the card only, put on the card enciphered only. */
enum value_class { VALUE_OPEN, VALUE_OF_CARD, VALUE_SECRET };

/* One card at work: what was derived for it so far. Wiped when its name goes out of scope (VARIABLES). */
enum { UDKS = 4 }; /* AC, MAC, ENC, CVC3 */
struct variables {
    struct emv_perso_input in;
    bool trial; /* write zeros of the right length: a profile is being read, there is no card */
    bool have[UDKS];
    uint8_t udk[UDKS][EMV_KEY_LEN];
    char icvv[CVV_ROOM]; /* "" before it is asked for */
    uint16_t grouping;   /* that is being written */
    bool signing;        /* the static data are being put together */
    bool have_pair;
    struct icc_pair pair;
    enum value_class taint;             /* the higher of the open and the card's among what was written */
    size_t secret_at;                   /* one more than where the first secret stands; 0: there is none */
    bool enciphered;                    /* the grouping that is being written will be */
    const struct template_source *more; /* variables of a script, asked for names that are none here */
};
static inline void variables_wipe(struct variables *v)
{
    explicit_bzero(v, sizeof *v);
}
#define VARIABLES __attribute__((cleanup(variables_wipe))) struct variables

/* What a variable is made with, and how. A row without put ends a table. */
enum variable_key { ROLE_NONE, ROLE_AC, ROLE_MAC, ROLE_ENC, ROLE_CVC3, ROLE_CVK, ROLE_PIN, ROLE_ODA };
struct variable {
    const char *name;
    bool of_card; /* made from the card record */
    enum variable_key key;
    enum tsm_err (*put)(struct variables *v, enum variable_key key, struct writer *w);
    size_t trial_len; /* octets in a trial; 0: as in earnest */
    bool secret;      /* goes to the card enciphered only */
};
extern const struct variable oda_variables[];

/* The card's key of this master, derived once a card. */
enum tsm_err variables_udk(struct variables *v, enum variable_key key, uint8_t **out);

/* A struct template_source over struct variables; notes its class. */
enum tsm_err variables_value(void *self, const char *name, struct writer *w);
/* Notes that a value of this class is about to be written. */
void variables_taint(struct variables *v, enum value_class class, const struct writer *w);
/* Whether the profile's language has a variable of this name. */
bool variables_know(const char *name);

/* The card's own key pair between `in.pair` and the work. */
static inline void variables_take_pair(struct variables *v)
{
    v->have_pair = v->in.pair && v->in.pair->octets;
    if (v->have_pair)
        v->pair = *v->in.pair;
}
static inline void variables_give_pair(const struct variables *v)
{
    if (v->have_pair && v->in.pair)
        *v->in.pair = v->pair;
}

#endif
