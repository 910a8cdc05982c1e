/* SPDX-License-Identifier: Apache-2.0 */
/* The order's form of services back into the words of the TR. Station 2. Role. [TR-03165 4.1.4.2 to 4.1.4.4,
 * 4.1.4.12] */
#include "role/sp/sptsm/keep/adopt_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/content/words.h"
#include "role/sp/sptsm/keep/adopt.h"
#include "role/sp/sptsm/model/form.h"
#include "role/sp/sptsm/model/rules.h"

struct adopting {
    struct tx *tx;
    int64_t party;
    char provider[UID_ROOM], now[TR_TIME_TEXT], sd_aid[DOMAIN_AID_TEXT];
    struct tr_row service;
    struct refusal refusal;
};

const char *adopt_domain_aid(int64_t service, char out[DOMAIN_AID_TEXT])
{
    /* Proprietary category F, then our name and a kind: no registered provider's [ISO/IEC 7816-4 8.2.1.2]. */
    snprintf(out, DOMAIN_AID_TEXT, "F04F54534DD1%016llX", (unsigned long long)service);
    return out;
}

/* An entity by the tables, then its own rows. */
static enum tsm_err add(struct adopting *a, struct tr_row *row, const json_t *given, const char *parent)
{
    struct judging j = {.kind = row->kind,
                        .create = true,
                        .assigned = {[FROM_UID] = row->uid,
                                     [FROM_PROVIDER] = a->provider,
                                     [FROM_PARENT] = parent,
                                     [FROM_NOW] = a->now,
                                     [FROM_DOMAIN] = a->sd_aid},
                        .refusal = &a->refusal};
    JSON *body = NULL;
    TRY(judge_body(&j, given, NULL, &body));
    if (row->published)
        json_object_set_new(body, "published", json_true());
    TRY(row_add(a->tx, row, body));
    return row_refer(a->tx, row, body, &a->refusal);
}

static enum tsm_err uid_of(struct adopting *a, enum sql_id statement, const char *name, char uid[UID_ROOM])
{
    ROWS r = {0};
    enum tsm_err e = statement == SQL_TR_PROFILE_OF_NAME ? db_first(a->tx, &r, statement, name)
                                                         : db_first(a->tx, &r, statement, a->party, name);
    snprintf(uid, UID_ROOM, "%s", e == TSM_OK ? db_text(&r, 1) : "");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* The load file entity of a package AID. */
static enum tsm_err elf_of(struct adopting *a, const char *aid, char uid[UID_ROOM])
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "%%\"aid\":\"%.32s\"%%", aid);
    return uid_of(a, SQL_TR_ELF_OF_AID, pattern, uid);
}

static enum tsm_err module_of(struct adopting *a, const char *elf, const char *aid, char uid[UID_ROOM])
{
    struct tr_wanted wanted = {a->party, 0, TR_ELF, elf};
    struct tr_row row;
    ROWS r = {0};
    enum tsm_err e = row_find(a->tx, &wanted, &row, NULL);
    uid[0] = 0;
    if (e == TSM_OK)
        e = db_query(a->tx, &r, SQL_TR_CHILDREN, row.id);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        JSON *body = NULL;
        TRY(json_read(bytes_of_text(db_text(&r, 3)), &body));
        if (!strcmp(json_member(body, "aid"), aid))
            snprintf(uid, UID_ROOM, "%s", db_text(&r, 2));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* One application of a flavor becomes an ApplicationConfig and its place in the flavor. */
static enum tsm_err add_application(struct adopting *a, const json_t *app, const char *flavor[3],
                                    json_t *configs)
{
    struct tr_row row = {.id = store_id(tx_store(a->tx)), .party = a->party, .kind = TR_CONFIG};
    char module[UID_ROOM], name[TR_TEXT_MAX + 1];
    bool first = json_array_size(configs) == 0;
    JSON *given = NULL;
    TRY(module_of(a, flavor[0], json_member(app, "module"), module));
    if (!*module)
        return TSM_OK;
    TRY(row_uid(row.uid));
    snprintf(name, sizeof name, "%.100s %.40s", flavor[2], json_member(app, "instance"));
    given = json_pack("{ss ss s{ss}}", "instanceAid", json_member(app, "instance"), "name", name,
                      "personalizationConfig", "personalizationScriptId", first ? flavor[1] : "");
    TRY(add(a, &row, given, NULL));
    json_array_append_new(configs, json_pack("{si ss ss}", "priority", (int)json_array_size(configs) + 1,
                                             "executableModuleId", module, "applicationConfigId", row.uid));
    return TSM_OK;
}

static enum tsm_err deployments_of(struct adopting *a, const json_t *flavor, json_t *list)
{
    const json_t *name;
    char uid[UID_ROOM];
    size_t i;
    json_array_foreach(json_object_get(flavor, "profiles"), i, name)
    {
        TRY(uid_of(a, SQL_TR_PROFILE_OF_NAME, json_string_value(name), uid));
        if (*uid)
            json_array_append_new(list, json_string(uid));
    }
    return TSM_OK;
}

static json_t *features_of(const json_t *flavor)
{
    const json_t *keys = json_object_get(flavor, WORD_KEY_PROVISIONING);
    return json_pack("{sO ss}", "keyProvisioningMode", json_object_get(keys, "mode"), "keyIndex",
                     json_member(keys, "index"));
}

static enum tsm_err add_flavor(struct adopting *a, const struct tr_item *item, json_t *deployments)
{
    struct tr_row row = {.id = item->id, .party = a->party, .parent = a->service.id, .kind = TR_FLAVOR};
    char elf[UID_ROOM], script[UID_ROOM];
    const char *names[3] = {elf, script, item->uid};
    json_t *configs = json_array(), *list = json_array(), *app;
    JSON *given = NULL;
    size_t i;
    row.published = true;
    TRY(row_uid(row.uid));
    json_object_set_new(deployments, row.uid, list);
    given = json_pack("{ss s[] so}", "name", item->uid, "executableLoadFileIds",
                      "applicationInstantiationConfigs", configs);
    if (json_object_get(item->body, WORD_KEY_PROVISIONING))
        json_object_set_new(given, "featureConfig", features_of(item->body));
    TRY(elf_of(a, json_member(item->body, "load_file"), elf));
    TRY(uid_of(a, SQL_TR_ENTITY_OF_NAME, json_member(item->body, "perso_script"), script));
    if (*elf)
        json_array_append_new(json_object_get(given, "executableLoadFileIds"), json_string(elf));
    json_array_foreach(json_object_get(item->body, "applications"), i, app)
        TRY(add_application(a, app, names, configs));
    TRY(deployments_of(a, item->body, list));
    return add(a, &row, given, a->service.uid);
}

/* "1.0" was enough for the fixture; the TR has three numbers. */
static void tag_of(const char *name, char out[TR_TEXT_MAX + 1])
{
    static const char *const endings[] = {"", ".0", ".0.0"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(out, TR_TEXT_MAX + 1, "%.40s%s", name, endings[i]);
        if (form_is_tag(out))
            return;
    }
    snprintf(out, TR_TEXT_MAX + 1, "1.0.0");
}

static enum tsm_err flavors_of(struct tx *tx, int64_t version, struct tr_items *out)
{
    return items_of_one(tx, SQL_TR_FLAVORS_OF, version, out);
}

static enum tsm_err add_version(struct adopting *a, int64_t id, const char *name)
{
    struct tr_row row = {.id = id, .party = a->party, .parent = a->service.id, .kind = TR_VERSION};
    char tag[TR_TEXT_MAX + 1];
    ITEMS flavors = {NULL, 0};
    JSON *deployments = json_object(), *given = NULL;
    TRY(row_uid(row.uid));
    TRY(flavors_of(a->tx, id, &flavors));
    for (size_t i = 0; i < flavors.n; i++)
        TRY(add_flavor(a, &flavors.at[i], deployments));
    tag_of(name, tag);
    given = json_pack("{ss sO}", "tag", tag, "allowedDeployments", deployments);
    TRY(add(a, &row, given, a->service.uid));
    return db_exec(a->tx, SQL_TR_VERSION_RANK, id, rules_rank(tag));
}

/* The domain's AID is the one that a flavor is the first to name; one of our own where none does. */
static enum tsm_err find_domain(struct adopting *a)
{
    ROWS r = {0};
    enum tsm_err e = db_query(a->tx, &r, SQL_TR_VERSIONS_OF, a->service.id);
    bool named = false;
    adopt_domain_aid(a->service.id, a->sd_aid);
    while (e == TSM_OK && !named && (e = db_next(&r)) == TSM_OK) {
        ITEMS flavors = {NULL, 0};
        TRY(flavors_of(a->tx, db_int(&r, 0), &flavors));
        for (size_t i = 0; i < flavors.n && !named; i++) {
            const char *domain = json_member(flavors.at[i].body, "domain");
            named = *domain && strlen(domain) < sizeof a->sd_aid;
            if (named)
                snprintf(a->sd_aid, sizeof a->sd_aid, "%s", domain);
        }
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err adopt_service(struct tx *tx, int64_t party, const struct rows *service)
{
    struct adopting a = {.tx = tx, .party = party};
    JSON *given = json_pack("{ss}", "name", db_text(service, 1));
    ROWS r = {0};
    enum tsm_err e;
    a.service = (struct tr_row){.id = db_int(service, 0), .party = party, .kind = TR_SERVICE};
    adopt_time(tx_now(tx), a.now);
    TRY(adopt_provider_uid(tx, party, a.provider));
    TRY(row_uid(a.service.uid));
    TRY(find_domain(&a));
    TRY(add(&a, &a.service, given, NULL));
    e = db_query(tx, &r, SQL_TR_VERSIONS_OF, a.service.id);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        TRY(add_version(&a, db_int(&r, 0), db_text(&r, 1)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}
