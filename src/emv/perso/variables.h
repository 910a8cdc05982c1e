/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of personalisation templates. Inside emv only. Station 5. Pure. [docs/personalisation.md] */
#ifndef TSM_EMV_PERSO_VARIABLES_H
#define TSM_EMV_PERSO_VARIABLES_H

#include "emv/perso/profile.h"

/* One card at work: what was derived for it so far. Wiped when its name goes out of scope (VARIABLES). */
enum { UDKS = 3 }; /* AC, MAC, ENC */
struct variables {
    struct emv_perso_input in;
    bool trial; /* write zeros of the right length: a profile is being read, there is no card */
    bool have[UDKS];
    uint8_t udk[UDKS][EMV_KEY_LEN];
    char icvv[CVV_ROOM]; /* "" before it is asked for */
};
static inline void variables_wipe(struct variables *v)
{
    explicit_bzero(v, sizeof *v);
}
#define VARIABLES __attribute__((cleanup(variables_wipe))) struct variables

/* A struct template_source over struct variables. */
enum tsm_err variables_value(void *self, const char *name, struct writer *w);

#endif
