/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles held against what a live card says. Station 4. Pure. [GPCS 11.3.3, Appendix H] */
#include "order/card/match.h"

#include <string.h>

#include "gp/keys/putkey.h"

enum { PROTOCOL_SCP02 = 2, PROTOCOL_SCP03 = 3, PROTOCOL_SCP80 = 0x80, TDES_TYPE_LAST = 0x84 };

static const char any = '.';

static bool digit_fits(char digit, unsigned nibble, size_t *digits)
{
    static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";
    if (digit == any)
        return true;
    *digits += 1;
    return digit == upper[nibble] || digit == lower[nibble];
}

bool pattern_fits(const char *pattern, struct bytes value, size_t *digits)
{
    size_t n = strlen(pattern), fixed = 0;
    if (n == 0 || n > 2 * value.len)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!digit_fits(pattern[i], i % 2 ? value.at[i / 2] & 15u : value.at[i / 2] >> 4u, &fixed))
            return false;
    *digits += fixed;
    return true;
}

/* Each row: is this member contradicted by the card? What the card does not tell contradicts nothing. */
static bool aid_differs(const struct se_profile *p, const struct card_sight *s)
{
    return s->isd_aid.len && !bytes_equal(s->isd_aid, BYTES_OF(p->isd_aid, p->isd_aid_len));
}

static bool protocol_missing(const struct se_profile *p, const struct card_sight *s)
{
    if (s->card.protocols == 0)
        return false;
    for (size_t i = 0; i < s->card.protocols; i++)
        if (s->card.protocol[i].protocol == p->protocol &&
            (p->protocol == PROTOCOL_SCP80 || s->card.protocol[i].i == p->scp_i))
            return false;
    return true;
}

/* SCP03 needs AES keys, SCP02 needs TDES keys; versions are not compared, since owners rotate them. */
static bool keys_missing(const struct se_profile *p, const struct card_sight *s)
{
    if (s->sets == 0 || p->protocol == PROTOCOL_SCP80)
        return false;
    for (size_t i = 0; i < s->sets; i++) {
        bool tdes = s->set[i].type >= GP_KEY_TDES && s->set[i].type <= TDES_TYPE_LAST;
        if (p->protocol == PROTOCOL_SCP03 ? s->set[i].type == GP_KEY_AES : tdes)
            return false;
    }
    return true;
}

static bool buffer_smaller(const struct se_profile *p, const struct card_sight *s)
{
    return s->max_data != 0 && s->max_data < (uint32_t)p->command_max;
}

static bool cplc_differs(const struct se_profile *p, const struct card_sight *s)
{
    size_t digits = 0;
    return p->cplc[0] && s->cplc_value.len && !pattern_fits(p->cplc, s->cplc_value, &digits);
}

static bool recognition_differs(const struct se_profile *p, const struct card_sight *s)
{
    size_t digits = 0;
    return p->recognition[0] && s->recognition.len && !pattern_fits(p->recognition, s->recognition, &digits);
}

static const struct {
    const char *member;
    bool (*contradicted)(const struct se_profile *p, const struct card_sight *s);
} rows[] = {
    {"cplc", cplc_differs},    {"recognition", recognition_differs},
    {"isd_aid", aid_differs},  {"protocol", protocol_missing},
    {"isd_kvn", keys_missing}, {"command_max", buffer_smaller},
};

void profile_fit(const struct se_profile *p, const struct card_sight *s, struct profile_fit *out)
{
    struct profile_fit f = {.fit = FIT_OPEN};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && f.fit != FIT_NOT; i++)
        if (rows[i].contradicted(p, s))
            f = (struct profile_fit){.fit = FIT_NOT, .member = rows[i].member};
    if (f.fit != FIT_NOT) {
        bool known = pattern_fits(p->cplc, s->cplc_value, &f.digits);
        known = pattern_fits(p->recognition, s->recognition, &f.digits) || known;
        f.fit = known ? FIT_KNOWN : FIT_OPEN;
    }
    *out = f;
}

void profile_match(const struct se_profile *catalogue, size_t n, const struct card_sight *s,
                   struct profile_match *out)
{
    struct profile_match m = {.kind = MATCH_NONE};
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        struct profile_fit f;
        profile_fit(&catalogue[i], s, &f);
        if (f.fit != FIT_KNOWN || (m.kind != MATCH_NONE && f.digits < best))
            continue;
        if (m.kind != MATCH_NONE && f.digits == best) {
            m.kind = MATCH_SEVERAL;
            continue;
        }
        m = (struct profile_match){.kind = MATCH_ONE, .index = i};
        best = f.digits;
    }
    *out = m;
}
