/* SPDX-License-Identifier: Apache-2.0 */
/* Published flavors as orders take them: load file, domain, applications, profiles. Stations 3 and 4. Role.
 * [TR-03165 4.1.4.4, 4.1.4.7, 4.1.4.12] */
#include "role/sp/sptsm/release/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/content/words.h"
#include "role/sp/sptsm/release/content.h"
#include "role/sp/sptsm/release/context.h"

enum { ORDER_NAME_MAX = 64 }; /* longer names orders cannot hold: there the id stands */

static enum tsm_err profiles_of(struct tx *tx, int64_t flavor, json_t **out)
{
    ITEMS profiles = {NULL, 0};
    json_t *list;
    TRY(items_of_one(tx, SQL_TR_PAIR_PROFILES, flavor, &profiles));
    list = json_array();
    for (size_t i = 0; i < profiles.n; i++) {
        ROWS r = {0};
        if (db_first(tx, &r, SQL_TR_PROFILE_NAME, profiles.at[i].id) == TSM_OK)
            json_array_append_new(list, json_string(db_text(&r, 0)));
    }
    NEED(list != NULL, NO_MEMORY);
    *out = list;
    return TSM_OK;
}

static const char *name_of(const json_t *body, const char *uid)
{
    const char *name = json_member(body, "name");
    return *name && strlen(name) <= ORDER_NAME_MAX ? name : uid;
}

static enum tsm_err version_of(struct tx *tx, int64_t flavor, int64_t *version)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TR_FLAVOR_NEWEST, flavor);
    *version = e == TSM_OK ? db_int(&r, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* What may change after publishing, too: how keys are made, and which device applications get access. */
static enum tsm_err add_terms(json_t *made, const json_t *flavor, const json_t *service)
{
    const json_t *features = json_object_get(flavor, "featureConfig");
    json_t *apps = json_object_get(service, "accessAuthorizedDeviceApps");
    json_int_t mode = json_integer_value(json_object_get(features, "keyProvisioningMode"));
    json_object_del(made, WORD_KEY_PROVISIONING);
    json_object_del(made, WORD_DEVICE_APPS);
    if (mode)
        json_object_set_new(made, WORD_KEY_PROVISIONING,
                            json_pack("{sI ss}", "mode", mode, "index", json_member(features, "keyIndex")));
    if (json_array_size(apps))
        json_object_set(made, WORD_DEVICE_APPS, apps);
    return context_release(flavor, made);
}

static enum tsm_err fill(struct releasing *l)
{
    JSON *service = NULL;
    json_t *profiles;
    struct tr_row parent;
    int64_t bytes;
    TRY(row_load(l->tx, l->flavor->parent, &parent, &service));
    TRY(profiles_of(l->tx, l->flavor->id, &profiles));
    json_object_set_new(l->made, "name", json_string(name_of(l->body, l->flavor->uid)));
    json_object_set_new(l->made, "profiles", profiles);
    json_object_set(l->made, "domain", json_object_get(service, "sdAid"));
    TRY(content_release(l, &bytes));
    json_object_set_new(l->made, "memory", json_integer(bytes));
    return add_terms(l->made, l->body, service);
}

enum tsm_err release_make(struct tx *tx, const struct tr_row *flavor, const json_t *body)
{
    JSON *made = json_object();
    struct releasing l = {tx, flavor, body, made};
    int64_t version;
    char *text;
    enum tsm_err e;
    NEED(made != NULL, NO_MEMORY);
    TRY(fill(&l));
    if (!json_object_get(made, "load_file"))
        json_object_set_new(made, "profiles", json_array());
    TRY(version_of(tx, flavor->id, &version));
    text = json_text(made);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_FLAVOR_ADD, flavor->id, flavor->party, version, name_of(body, flavor->uid), text);
    free(text);
    return e;
}

static enum tsm_err read_release(struct tx *tx, int64_t flavor, json_t **made)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TR_FLAVOR_ROW, flavor));
    return json_read(bytes_of_text(db_text(&r, 2)), made);
}

/* Profiles that only the owner's node knows are no entities here: the fixture's flavors keep them. */
static enum tsm_err keep_foreign(struct tx *tx, const json_t *old, json_t *profiles)
{
    const json_t *name;
    size_t i;
    json_array_foreach(old, i, name)
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_TR_PROFILE_OF_NAME, json_string_value(name));
        if (e == TSM_NOT_FOUND)
            json_array_append_new(profiles, json_string(json_string_value(name)));
        else
            TRY(e);
    }
    return TSM_OK;
}

enum tsm_err release_update(struct tx *tx, int64_t flavor)
{
    JSON *made = NULL, *body = NULL, *service = NULL;
    json_t *profiles;
    struct tr_row row, parent;
    int64_t version;
    char *text;
    enum tsm_err e = read_release(tx, flavor, &made);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    TRY(row_load(tx, flavor, &row, &body));
    TRY(row_load(tx, row.parent, &parent, &service));
    TRY(add_terms(made, body, service));
    TRY(profiles_of(tx, flavor, &profiles));
    TRY(keep_foreign(tx, json_object_get(made, "profiles"), profiles));
    if (json_object_get(made, "load_file"))
        json_object_set(made, "profiles", profiles);
    json_decref(profiles);
    json_object_set_new(made, "name", json_string(name_of(body, row.uid)));
    TRY(version_of(tx, flavor, &version));
    text = json_text(made);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec_one(tx, SQL_TR_FLAVOR_SET, flavor, version, name_of(body, row.uid), text);
    free(text);
    return e;
}

enum tsm_err release_script(struct tx *tx, const struct tr_row *script, bool fresh, struct bytes content)
{
    json_t *text = json_stringn((const char *)content.at, content.len);
    bool is_text = text && strlen(json_string_value(text)) == content.len;
    const char *kept = is_text ? json_string_value(text) : "";
    enum tsm_err e = fresh ? db_exec(tx, SQL_PERSO_SCRIPT_ADD, script->id, script->party, script->uid, kept)
                           : db_exec_one(tx, SQL_TR_SCRIPT_SET, script->id, kept);
    json_decref(text);
    return e;
}
