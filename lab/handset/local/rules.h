/* SPDX-License-Identifier: Apache-2.0 */
/* Which access rule holds for an applet and an application. Pure (station 9, beside the server). [GP Secure
 * Element Access Control v1.1 3.2] */
#ifndef LAB_HANDSET_LOCAL_RULES_H
#define LAB_HANDSET_LOCAL_RULES_H

#include "common/access_rules.h"

enum { APP_MAX_HASH = 32, ACCESS_MAX_FILTERS = 16 };

struct device_app {
    uint8_t hash[APP_MAX_HASH];
    size_t hash_len;
};

/* What an application may do with an applet. */
struct access {
    bool allowed;
    size_t filters; /* 0: every command; else only those that one of them lets pass */
    uint8_t filter[ACCESS_MAX_FILTERS][APDU_FILTER_LEN];
};

/* Applies the rules (REF-AR-DOs, one behind the other) to an applet; an empty AID is the one selected
 * implicitly. The order: a rule for this applet and this application; if the applet is given to others alone,
 * no access; a rule for this applet and everybody; a rule for every applet and this application, or none if
 * others have such a rule; a rule for every applet and everybody; else no access. */
struct access rules_decide(const uint8_t *rules, size_t n, const struct tlv *aid,
                           const struct device_app *app);
/* True when the command's header passes. */
bool access_passes(const struct access *a, const uint8_t *capdu, size_t n);

#endif
