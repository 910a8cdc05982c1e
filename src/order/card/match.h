/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which profile of a catalogue a live card has, and what a profile for an unknown one would be. Station 4.
 * Pure. A profile knows its cards by the patterns `cplc` and `recognition`: the beginning of the value of
 * 9F7F and 66 in hex, where a dot stands for any digit.
 */
#ifndef TSM_ORDER_CARD_MATCH_H
#define TSM_ORDER_CARD_MATCH_H

#include "order/card/sight.h"
#include "order/profile.h"

enum card_fit {
    FIT_NOT,  /* the card contradicts the profile */
    FIT_OPEN, /* nothing contradicts it; but the profile names no card, or the card does not tell */
    FIT_KNOWN /* a pattern of the profile fits, and nothing contradicts */
};
struct profile_fit {
    enum card_fit fit;
    size_t digits;      /* fixed digits of the patterns that fit: how closely the profile names the card */
    const char *member; /* FIT_NOT: the member of the profile that is contradicted */
};
void profile_fit(const struct se_profile *p, const struct card_sight *s, struct profile_fit *out);

enum match_kind { MATCH_NONE, MATCH_ONE, MATCH_SEVERAL };
struct profile_match {
    enum match_kind kind;
    size_t index; /* MATCH_ONE, MATCH_SEVERAL: of the (first) closest profile */
};
/* The profile that knows the card most closely; MATCH_SEVERAL when two know it equally well. */
void profile_match(const struct se_profile *catalogue, size_t n, const struct card_sight *s,
                   struct profile_match *out);

/* Does the value begin as the pattern says? An empty pattern fits nothing. *digits is added to. */
bool pattern_fits(const char *pattern, struct bytes value, size_t *digits);

/*
 * A profile for this card: {profile, assumed}. `profile` is what profile_read takes; `assumed` lists its
 * members that the card did not tell, with why they are as they are: a person looks at them before the
 * profile is used. Owned by the caller; NULL when memory is exhausted.
 */
json_t *profile_propose(const struct card_sight *s);

#endif
