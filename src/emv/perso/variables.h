/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of personalisation templates. Inside emv only. Station 5. Pure. [docs/personalisation.md] */
#ifndef TSM_EMV_PERSO_VARIABLES_H
#define TSM_EMV_PERSO_VARIABLES_H

#include "emv/perso/profile.h"

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
};
static inline void variables_wipe(struct variables *v)
{
    explicit_bzero(v, sizeof *v);
}
#define VARIABLES __attribute__((cleanup(variables_wipe))) struct variables

/* What a variable is made with, and how. A row without put ends a table. */
enum variable_key { KEY_NONE, KEY_AC, KEY_MAC, KEY_ENC, KEY_CVC3, KEY_CVK, KEY_PIN, KEY_ODA };
struct variable {
    const char *name;
    bool of_card; /* made from the card record */
    enum variable_key key;
    enum tsm_err (*put)(struct variables *v, enum variable_key key, struct writer *w);
    size_t trial_len; /* octets in a trial; 0: as in earnest */
};
extern const struct variable oda_variables[];

/* The card's key of this master, derived once a card. */
enum tsm_err variables_udk(struct variables *v, enum variable_key key, uint8_t **out);

/* A struct template_source over struct variables. */
enum tsm_err variables_value(void *self, const char *name, struct writer *w);

#endif
