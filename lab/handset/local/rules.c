/* SPDX-License-Identifier: Apache-2.0 */
/* Which access rule holds for an applet and an application. Pure (station 9, beside the server). [GP Secure
 * Element Access Control v1.1 3.2] */
#include "handset/local/rules.h"

#include <string.h>

enum { RULE_ALWAYS = 1, HEADER = 4 };

/* Whom a rule's reference means. */
enum meant { NOBODY_HERE, OTHERS, EVERYBODY, THIS_ONE };

static enum meant applet_meant(const struct access_rule *r, const struct tlv *aid)
{
    if (aid->len == 0)
        return r->aid.tag == TAG_AID_REF_IMPLICIT ? THIS_ONE : NOBODY_HERE;
    if (r->aid.tag != TAG_AID_REF_DO)
        return NOBODY_HERE;
    if (r->aid.len == 0)
        return EVERYBODY;
    return r->aid.len == aid->len && memcmp(r->aid.value, aid->value, aid->len) == 0 ? THIS_ONE : NOBODY_HERE;
}

static enum meant app_meant(const struct access_rule *r, const struct device_app *app)
{
    if (r->device_app.tag == 0 || r->device_app.len == 0)
        return EVERYBODY;
    return r->device_app.len == app->hash_len && memcmp(r->device_app.value, app->hash, app->hash_len) == 0
               ? THIS_ONE
               : OTHERS;
}

static struct access access_of(const struct access_rule *r)
{
    struct access a = {0};
    if (r->apdu.tag == 0 || r->apdu.len == 1) {
        a.allowed = r->apdu.tag != 0 && r->apdu.value[0] == RULE_ALWAYS;
        return a;
    }
    for (size_t at = 0; at < r->apdu.len && a.filters < ACCESS_MAX_FILTERS; at += APDU_FILTER_LEN)
        memcpy(a.filter[a.filters++], r->apdu.value + at, APDU_FILTER_LEN);
    a.allowed = true;
    return a;
}

/* One pass over the rules for one kind of applet reference. True when it settles the matter. */
static bool settle(const uint8_t *rules, size_t n, enum meant wanted, const struct tlv *aid,
                   const struct device_app *app, struct access *out)
{
    bool given_to_others = false, for_everybody = false;
    struct access_rule r;
    struct tlv t = {0};
    while (t.end < n && tlv_read(rules, n, t.end, &t)) {
        bool unknown = false;
        if (t.tag != TAG_REF_AR_DO || !access_rule_read(&t, &r, &unknown) || applet_meant(&r, aid) != wanted)
            continue;
        enum meant who = app_meant(&r, app);
        if (who == THIS_ONE) {
            *out = access_of(&r);
            return true;
        }
        if (who == EVERYBODY)
            *out = access_of(&r);
        for_everybody = for_everybody || who == EVERYBODY;
        given_to_others = given_to_others || who == OTHERS;
    }
    if (given_to_others)
        *out = (struct access){0};
    return given_to_others || for_everybody;
}

struct access rules_decide(const uint8_t *rules, size_t n, const struct tlv *aid,
                           const struct device_app *app)
{
    struct access a = {0};
    if (settle(rules, n, THIS_ONE, aid, app, &a) || settle(rules, n, EVERYBODY, aid, app, &a))
        return a;
    return (struct access){0};
}

bool access_passes(const struct access *a, const uint8_t *capdu, size_t n)
{
    if (!a->allowed || n < HEADER)
        return false;
    for (size_t i = 0; i < a->filters; i++) {
        bool fits = true;
        for (size_t b = 0; b < HEADER; b++)
            fits = fits && (capdu[b] & a->filter[i][HEADER + b]) == a->filter[i][b];
        if (fits)
            return true;
    }
    return a->filters == 0;
}
