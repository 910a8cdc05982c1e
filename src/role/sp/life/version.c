/* SPDX-License-Identifier: Apache-2.0 */
/* The flavor for an element. Station 4. Role. [TR-03165 4.1.4.3] */
#include "role/sp/life/version.h"

#include <stdio.h>
#include <string.h>

static bool fits(const json_t *flavor, const char *profile)
{
    const json_t *name;
    size_t i;
    json_array_foreach(json_object_get(flavor, "profiles"), i, name)
    {
        if (json_is_string(name) && !strcmp(json_string_value(name), profile))
            return true;
    }
    return false;
}

static void take(struct turn *t, const struct rows *r, json_t *body)
{
    t->flavor_id = db_int(r, 0);
    json_decref(t->flavor);
    t->flavor = json_incref(body);
    snprintf(t->order.flavor, sizeof t->order.flavor, "%s", db_text(r, 1));
    snprintf(t->version, sizeof t->version, "%s", db_text(r, 3));
}

/* The first flavor that suits the profile, or the one that the order names. */
static enum tsm_err choose(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    char wanted[SERVICE_MAX + 1];
    ROWS r = {0};
    enum tsm_err e = t->order.version[0]
                         ? db_query(tx, &r, SQL_LIFE_FLAVORS, t->instance.service, t->job->party,
                                    t->order.version, t->profile.name)
                         : db_query(tx, &r, SQL_FLAVOR_LIST, t->instance.service, t->job->party);
    snprintf(wanted, sizeof wanted, "%s", t->order.flavor);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *body = json_loads(db_text(&r, 2), 0, NULL);
        bool asked = !wanted[0] || !strcmp(wanted, db_text(&r, 1));
        if (asked && !t->flavor_id && fits(body, t->profile.name))
            take(t, &r, body);
        json_decref(body);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err version_flavor(struct turn *t)
{
    return store_read(t->sp->c.store, choose, t);
}
