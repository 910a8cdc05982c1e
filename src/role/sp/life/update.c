/* SPDX-License-Identifier: Apache-2.0 */
/* Update to a version: the flavor for the element, what it changes there, and the change from the former to
 * the new one. Stations 4 to 7. Role. [TR-03165 4.2.5.4; GPCS Amendment H] */
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/content/words.h"
#include "role/sp/life/compare.h"
#include "role/sp/life/life.h"
#include "role/sp/life/version.h"
#include "role/sp/turn_writes.h"

/* Of the order's progress. */
#define WORD_RENEWAL "renewal"
#define WORD_TARGET  "target"
#define WORD_BEGUN   "begun"

static enum tsm_err no_flavor(struct turn *t)
{
    failure_set(&t->failure, OWNER_SP, "choose another version, or add a flavor for this profile to it",
                "no flavor of version %s suits the profile %s", t->order.version, t->profile.name);
    t->failed = true;
    return TSM_OK;
}

/* What lies between the versions is noted. What a failed update left on the card is not known: all of it
 * goes.
 */
static void note_difference(struct turn *t, const json_t *former)
{
    bool broken = t->instance.state == INSTANCE_IN_ERROR;
    enum renewal r = flavors_compare(former, t->flavor, t->profile.elf_upgrade != 0);
    if (broken && r == RENEWAL_NONE)
        r = RENEWAL_REINSTALL;
    json_object_set_new(t->progress, WORD_RENEWAL, json_integer(r));
    json_object_set_new(t->progress, WORD_TARGET, json_sprintf("%lld", (long long)t->flavor_id));
    json_object_set_new(t->progress, WORD_KEPT, broken ? json_array() : flavors_kept(former, t->flavor));
}

/* The former flavor is given up for the new one. */
static enum tsm_err compare_versions(struct turn *t)
{
    json_t *former = t->flavor;
    enum tsm_err e;
    t->flavor = NULL;
    e = version_flavor(t);
    if (e == TSM_OK && t->flavor)
        note_difference(t, former);
    json_decref(former);
    return e;
}

enum tsm_err read_update(struct turn *t, const json_t *reply)
{
    TRY(read_reach(t, reply));
    if (!t->order.version[0])
        return TSM_OK;
    TRY(compare_versions(t));
    if (!t->flavor_id)
        return no_flavor(t);
    return takes_card_data(t) && !stays_personalised(t) ? perso_judge(t) : TSM_OK;
}

enum tsm_err keep_update(struct turn *t, struct tx *tx, const json_t *reply)
{
    static const char *const texts[] = {
        [RENEWAL_NONE] = "load files and configurations are those on the card: nothing is to be done there",
        [RENEWAL_UPGRADE] = "the load file is replaced under the applications, which keep their data",
        [RENEWAL_REINSTALL] = "the applications are removed and installed again"};
    TRY(keep_reach(t, tx, reply));
    if (!t->order.version[0])
        return TSM_OK;
    TRY(db_exec(tx, SQL_ORDER_SET_FLAVOR, t->order.id, t->order.flavor));
    return turn_say(
        t, tx,
        (struct note){.station = 4,
                      .step = "VERSION",
                      .text = texts[json_integer_value(json_object_get(t->progress, WORD_RENEWAL))]});
}

int64_t flavor_in_hand(const struct turn *t)
{
    const char *target = json_member(t->progress, WORD_TARGET);
    return *target && !turn_removes(t) ? strtoll(target, NULL, 10) : t->instance.flavor;
}

enum tsm_err update_begins(struct turn *t, struct tx *tx)
{
    if (json_is_true(json_object_get(t->progress, WORD_BEGUN)))
        return TSM_OK;
    json_object_set_new(t->progress, WORD_BEGUN, json_true());
    t->instance.flavor = strtoll(json_member(t->progress, WORD_TARGET), NULL, 10);
    TRY(db_exec(tx, SQL_INSTANCE_SET_DOMAIN, t->instance.id, t->instance.domain, t->instance.flavor,
                BYTES_OF(t->instance.aid, t->instance.aid_len)));
    TRY(db_exec(tx, SQL_LIFE_SET_VERSION, t->instance.id, t->order.version));
    return turn_instance_event(t, tx, EV_UPDATE_STARTS);
}

static enum renewal renewal_in_hand(const struct turn *t)
{
    return (enum renewal)json_integer_value(json_object_get(t->progress, WORD_RENEWAL));
}

bool is_no_upgrade(const struct turn *t)
{
    return t->order.version[0] && renewal_in_hand(t) != RENEWAL_UPGRADE;
}

bool is_no_reinstallation(const struct turn *t)
{
    return !t->order.version[0] || renewal_in_hand(t) != RENEWAL_REINSTALL;
}

/* The application that card data are for: marked, or the first that is no directory. */
static size_t personalised_file(const json_t *flavor)
{
    const json_t *app, *found = NULL;
    size_t i;
    json_array_foreach(json_object_get(flavor, "applications"), i, app)
    {
        if (json_is_true(json_object_get(app, WORD_PERSONALISED)))
            found = app;
        else if (!found && !is_directory(app))
            found = app;
    }
    return (size_t)json_integer_value(json_object_get(found, "file"));
}

bool stays_personalised(const struct turn *t)
{
    return t->order.operation == OP_UPDATE &&
           (is_no_reinstallation(t) ||
            flavor_keeps(json_object_get(t->progress, WORD_KEPT), t->flavor, personalised_file(t->flavor)));
}
