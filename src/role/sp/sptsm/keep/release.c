/* SPDX-License-Identifier: Apache-2.0 */
/* Published flavors as orders take them: load file, domain, applications, profiles. Stations 3 and 4. Role.
 * [TR-03165 4.1.4.4, 4.1.4.7, 4.1.4.12] */
#include "role/sp/sptsm/keep/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/hex.h"

enum {
    APPLICATION_BYTES = 4096, /* what an instance may take beside code and static data, for the booking */
    ORDER_NAME_MAX = 64,      /* longer names orders cannot hold: there the id stands */
    PRIVILEGES_HEX = 7,
    PRIORITY_MAX = 255
};

struct releasing {
    struct tx *tx;
    const struct tr_row *flavor;
    const json_t *body;
    json_t *made;
};

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

static enum tsm_err add_load_file(struct releasing *l, int64_t *bytes)
{
    ITEMS elfs = {NULL, 0};
    char hash[2 * SHA256_LEN + 1];
    ROWS r = {0};
    ROWS judged = {0};
    TRY(items_of_two(l->tx, SQL_TR_TARGET_IDS, l->flavor->id, TR_ELF, &elfs));
    if (elfs.n != 1)
        return TSM_OK;
    TRY(db_first(l->tx, &r, SQL_TR_FILE_GET, elfs.at[0].id));
    TRY(db_first(l->tx, &judged, SQL_TR_LOAD_FILE_BY_HASH, l->flavor->party, db_blob(&r, 0)));
    *bytes = (int64_t)db_blob(&judged, 2).len;
    json_object_set(l->made, "load_file", json_object_get(elfs.at[0].body, "aid"));
    return json_object_set_new(l->made, "load_file_hash", json_string(hex_text(db_blob(&r, 0), hash))) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a flavor");
}

/* One application in the order's words; its script, when it has one. */
static enum tsm_err add_application(struct releasing *l, int64_t em, int64_t config, json_t *list)
{
    JSON *module = NULL, *made = NULL;
    struct tr_row row;
    char privileges[PRIVILEGES_HEX];
    const json_t *word;
    const char *script;
    uint32_t bits = 0;
    size_t i;
    TRY(row_load(l->tx, em, &row, &module));
    TRY(row_load(l->tx, config, &row, &made));
    json_array_foreach(json_object_get(json_object_get(made, "installConfig"), "privileges"), i, word) bits |=
        tr_privilege_bits(json_string_value(word));
    snprintf(privileges, sizeof privileges, "%06X", bits);
    script = json_member(json_object_get(made, "personalizationConfig"), "personalizationScriptId");
    if (*script && !json_object_get(l->made, "perso_script"))
        json_object_set_new(l->made, "perso_script", json_string(script));
    return json_array_append_new(list,
                                 json_pack("{ss ss ss}", "module", json_member(module, "aid"), "instance",
                                           json_member(made, "instanceAid"), "privileges", privileges)) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a flavor");
}

static enum tsm_err id_of(struct releasing *l, enum tr_kind kind, const char *uid, int64_t *id)
{
    ROWS r = {0};
    TRY(db_first(l->tx, &r, SQL_TR_ID_OF, uid, (int64_t)kind, l->flavor->party));
    *id = db_int(&r, 0);
    return TSM_OK;
}

/* A lower priority number comes first [4.1.4.7]; of equal ones, as they were given. */
static enum tsm_err add_applications(struct releasing *l)
{
    const json_t *configs = json_object_get(l->body, "applicationInstantiationConfigs"), *item;
    json_t *list = json_array();
    size_t i;
    json_object_set_new(l->made, "applications", list);
    for (json_int_t priority = 1; priority <= PRIORITY_MAX; priority++)
        json_array_foreach(configs, i, item)
        {
            int64_t em, config;
            if (json_integer_value(json_object_get(item, "priority")) != priority)
                continue;
            TRY(id_of(l, TR_EM, json_member(item, "executableModuleId"), &em));
            TRY(id_of(l, TR_CONFIG, json_member(item, "applicationConfigId"), &config));
            TRY(add_application(l, em, config, list));
        }
    return TSM_OK;
}

static enum tsm_err fill(struct releasing *l)
{
    JSON *service = NULL;
    json_t *profiles;
    struct tr_row parent;
    int64_t bytes = 0;
    TRY(row_load(l->tx, l->flavor->parent, &parent, &service));
    TRY(profiles_of(l->tx, l->flavor->id, &profiles));
    json_object_set_new(l->made, "name", json_string(name_of(l->body, l->flavor->uid)));
    json_object_set_new(l->made, "profiles", profiles);
    json_object_set(l->made, "domain", json_object_get(service, "sdAid"));
    TRY(add_load_file(l, &bytes));
    TRY(add_applications(l));
    bytes += APPLICATION_BYTES * (int64_t)json_array_size(json_object_get(l->made, "applications"));
    json_object_set_new(l->made, "memory", json_integer(bytes));
    return TSM_OK;
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
    JSON *made = NULL, *body = NULL, *profiles = NULL;
    struct tr_row row;
    int64_t version;
    char *text;
    enum tsm_err e = read_release(tx, flavor, &made);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    TRY(row_load(tx, flavor, &row, &body));
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
