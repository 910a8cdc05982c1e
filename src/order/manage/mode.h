/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three management modes: which party sends which command, with which token, and whether a receipt is
 * asked for. Stations 5 and 6. Pure. [GPCS 9.1.3, 9.2.3]
 *
 *   mode        domain's privilege      sends LOAD, INSTALL, DELETE     token        receipt
 *   simple      none                    owner, in its own domain        none         none
 *   delegated   Delegated Management    provider, in its domain         each one     each one, judged by the
 * owner authorized  Authorized Management   provider, in its domain         none         none
 *
 * In all of them the owner creates the domain and deletes it, and the provider personalises.
 */
#ifndef TSM_ORDER_MANAGE_MODE_H
#define TSM_ORDER_MANAGE_MODE_H

#include "order/plan.h"

enum { MODES = MODE_AUTHORIZED + 1 };

/* Who carries a plan out. */
enum plan_party { BY_OWNER, BY_PROVIDER };

struct mode_row {
    const char *word;
    uint32_t privileges;   /* of the domain, as INSTALL gives them: see mode_privileges */
    enum plan_party party; /* of `load` and `remove` */
    bool tokens, receipts;
    const struct plan *load, *remove; /* content of the domain */
    const struct plan *close;         /* the owner's: the domain itself; NULL where `remove` does it */
};
/* The row of a mode; NULL for a number that is none. */
const struct mode_row *mode_row(int64_t mode);
/* "simple", "delegated", "authorized"; BAD_VALUE. */
enum tsm_err mode_read(const char *word, enum domain_mode *out);
/* What a new domain gets: the mode's privileges, and DAP Verification where it is to check its load files. */
uint32_t mode_privileges(enum domain_mode mode, bool verifies_dap);

/* How a new domain's first keys come to its provider; numbers are stored. */
#define HAND_OVERS(X)                                                                                        \
    X(RANDOM, "random")           /* drawn by the owner, sent as JWE, replaced at once by the provider's */  \
    X(DIVERSIFIED, "diversified") /* derived from the owner's master for the card, else the same */          \
    X(CASD_PULL, "casd-pull")     /* agreed with the Controlling Authority's domain: unknown to the owner */ \
    X(CASD_PUSH, "casd-push")     /* the provider's, encrypted for that domain: likewise */                  \
    X(SCP11, "scp11")             /* the provider's, put in a channel that it opens itself: likewise */
enum hand_over {
#define X(name, word) HAND_OVER_##name,
    HAND_OVERS(X)
#undef X
        HAND_OVER_COUNT
};
const char *hand_over_word(int64_t way);
enum tsm_err hand_over_read(const char *word, enum hand_over *out); /* BAD_VALUE */
/* Did the owner ever have the keys? */
static inline bool hand_over_is_confidential(int64_t way)
{
    return way >= HAND_OVER_CASD_PULL;
}

/* Whose authority a step needs. The plain command that the owner signs, without token: NOT_FOUND where the
 * step needs none. It is what gp_token_make takes. */
enum tsm_err plan_token_request(const struct plan_step *step, const struct plan_facts *f, struct script *out);
/* Where its token goes in the facts; NULL where it needs none. */
struct bytes *plan_token_place(const struct plan_step *step, struct plan_facts *f);

#endif
