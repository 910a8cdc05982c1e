/* SPDX-License-Identifier: Apache-2.0 */
/* Load files in the order of their imports, applications in the order of their priority. Stations 3 and 4.
 * Role. [TR-03165 4.1.4.7 to 4.1.4.15] */
#include "role/sp/sptsm/release/content.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/ber.h"
#include "base/hex.h"
#include "role/sp/content/part.h"
#include "role/sp/content/words.h"
#include "role/sp/sptsm/model/form.h"

enum {
    APPLICATION_BYTES = 4096, /* what an instance may take beside code and static data, for the booking */
    PRIORITY_MAX = 255,
    PRIVILEGES_HEX = 7,
    PARAMETERS_MAX = 128,
    TAG_PARAMETERS = 0xC9
};

/* The flavor's load files, and which one is loaded when. */
struct order_of_files {
    struct tr_items elfs;
    size_t at[FLAVOR_FILES_MAX];
    bool placed[FLAVOR_FILES_MAX];
    size_t n;
};

static bool imports(const json_t *elf, const json_t *other)
{
    const json_t *name;
    size_t i;
    json_array_foreach(json_object_get(elf, "importedPackages"), i, name)
    {
        if (!strcasecmp(json_string_value(name), json_member(other, "aid")))
            return true;
    }
    return false;
}

/* A file behind those that it imports. Files that import each other no card can load: they stand as they
 * come, and the card says so. */
static void place(struct order_of_files *o, size_t file)
{
    if (o->placed[file])
        return;
    o->placed[file] = true;
    for (size_t i = 0; i < o->elfs.n; i++)
        if (imports(o->elfs.at[file].body, o->elfs.at[i].body))
            place(o, i);
    o->at[o->n++] = file;
}

static enum tsm_err file_row(struct releasing *l, const struct tr_item *elf, json_t **out, int64_t *bytes)
{
    char hash[2 * SHA256_LEN + 1];
    ROWS r = {0};
    TRY(db_first(l->tx, &r, SQL_TR_FILE_GET, elf->id));
    {
        ROWS judged = {0};
        TRY(db_first(l->tx, &judged, SQL_TR_LOAD_FILE_BY_HASH, l->flavor->party, db_blob(&r, 0)));
        *bytes += (int64_t)db_blob(&judged, 2).len;
    }
    *out = json_pack("{sO ss}", "load_file", json_object_get(elf->body, "aid"), "load_file_hash",
                     hex_text(db_blob(&r, 0), hash));
    return *out ? TSM_OK : FAIL(NO_MEMORY, "no memory for a flavor");
}

/* One file stands in the row itself, several in a list. */
static enum tsm_err add_files(struct releasing *l, const struct order_of_files *o, int64_t *bytes)
{
    json_t *list = json_array(), *one;
    for (size_t i = 0; i < o->n; i++) {
        enum tsm_err e = file_row(l, &o->elfs.at[o->at[i]], &one, bytes);
        if (e != TSM_OK) {
            json_decref(list);
            return e;
        }
        json_array_append_new(list, one);
    }
    if (o->n > 0)
        json_object_update(l->made, json_array_get(list, 0));
    for (size_t i = 0; i < o->n; i++) /* an update asks what depends on what */
        json_object_set(json_array_get(list, i), "imports",
                        json_object_get(o->elfs.at[o->at[i]].body, "importedPackages"));
    if (o->n > 1)
        json_object_set(l->made, "load_files", list);
    json_decref(list);
    return TSM_OK;
}

static size_t place_of(const struct order_of_files *o, int64_t elf)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->elfs.at[o->at[i]].id == elf)
            return i;
    return 0;
}

/* Structures for the application [4.1.4.13]; they may come in their C9, or without it. */
static enum tsm_err add_parameters(const json_t *install, json_t *app)
{
    uint8_t octets[PARAMETERS_MAX];
    char text[2 * PARAMETERS_MAX + 1];
    struct reader r;
    struct ber object;
    size_t n;
    if (!json_member(install, "applicationSpecificInstallParameter")[0])
        return TSM_OK;
    TRY(form_tlv(json_member(install, "applicationSpecificInstallParameter"), octets, sizeof octets, &n));
    r = READER(BYTES_OF(octets, n));
    if (ber_read(&r, &object) == TSM_OK && object.tag == TAG_PARAMETERS && r.left.len == 0)
        hex_text(object.value, text);
    else
        hex_text(BYTES_OF(octets, n), text);
    return json_object_set_new(app, "parameters", json_string(text)) == 0 ? TSM_OK
                                                                          : FAIL(NO_MEMORY, "no memory");
}

static uint32_t privileges_of(const json_t *install)
{
    const json_t *word;
    uint32_t bits = 0;
    size_t i;
    json_array_foreach(json_object_get(install, "privileges"), i, word)
    {
        bits |= tr_privilege_bits(json_string_value(word));
    }
    return bits;
}

static void set_flag(json_t *app, const char *word, bool value)
{
    if (value)
        json_object_set_new(app, word, json_true());
}

/* A card takes data for applications that can be selected alone [GPCS 7.3.2]: what is personalised is made
 * selectable with its installation, the others when their service is activated. */
static void add_activation(const json_t *activation, bool personalised, json_t *app)
{
    bool makes = !json_is_false(json_object_get(activation, "makeSelectable"));
    set_flag(app, "unselectable", !makes || !personalised);
    set_flag(app, WORD_BECOMES_SELECTABLE, makes && !personalised);
    set_flag(app, WORD_BY_APDU, json_is_true(json_object_get(activation, "accessibleViaApdu")));
    set_flag(app, WORD_BY_NFC, json_is_true(json_object_get(activation, "accessibleViaNfc")));
}

/* The flavor's card data are for the first application that has a script. */
static void add_personalisation(struct releasing *l, const json_t *perso, json_t *app)
{
    const char *script = json_member(perso, "personalizationScriptId");
    bool attests = json_is_true(json_object_get(perso, "provideAttestationToken"));
    if (*script && !json_object_get(l->made, "perso_script")) {
        json_object_set_new(l->made, "perso_script", json_string(script));
        set_flag(app, WORD_PERSONALISED, true);
    }
    set_flag(app, WORD_ATTESTATION, attests);
    set_flag(app, WORD_DIVERSIFICATION,
             attests && json_is_true(json_object_get(perso, "includeSecurityDomainDiversificationData")));
    if (attests)
        json_object_set_new(l->made, "attestation", json_pack("{ss}", "flavor", l->flavor->uid));
}

/* One application in the order's words. */
static enum tsm_err add_application(struct releasing *l, struct order_of_files *o, int64_t em, int64_t config)
{
    JSON *module = NULL, *made = NULL;
    struct tr_row row, unused;
    char privileges[PRIVILEGES_HEX];
    const json_t *install, *perso;
    json_t *app;
    TRY(row_load(l->tx, em, &row, &module));
    TRY(row_load(l->tx, config, &unused, &made));
    install = json_object_get(made, "installConfig");
    perso = json_object_get(made, "personalizationConfig");
    snprintf(privileges, sizeof privileges, "%06X", privileges_of(install));
    app = json_pack("{ss ss ss}", "module", json_member(module, "aid"), "instance",
                    json_member(made, "instanceAid"), "privileges", privileges);
    NEED(app != NULL, NO_MEMORY);
    json_array_append_new(json_object_get(l->made, "applications"), app);
    if (place_of(o, row.parent))
        json_object_set_new(app, "file", json_integer((json_int_t)place_of(o, row.parent)));
    TRY(add_parameters(install, app));
    add_personalisation(l, perso, app);
    add_activation(json_object_get(made, "activationConfig"),
                   json_member(perso, "personalizationScriptId")[0] || is_directory(app) ||
                       json_object_get(app, WORD_ATTESTATION),
                   app);
    return TSM_OK;
}

static enum tsm_err id_of(struct releasing *l, enum tr_kind kind, const char *uid, int64_t *id)
{
    ROWS r = {0};
    TRY(db_first(l->tx, &r, SQL_TR_ID_OF, uid, (int64_t)kind, l->flavor->party));
    *id = db_int(&r, 0);
    return TSM_OK;
}

/* One thing done for each instantiation: a lower priority number comes first [4.1.4.7]; of equal ones, as
 * they were given. */
static enum tsm_err by_priority(struct releasing *l, struct order_of_files *o,
                                enum tsm_err (*each)(struct releasing *l, struct order_of_files *o,
                                                     int64_t em, int64_t config))
{
    const json_t *configs = json_object_get(l->body, "applicationInstantiationConfigs"), *item;
    size_t i;
    for (json_int_t priority = 1; priority <= PRIORITY_MAX; priority++)
        json_array_foreach(configs, i, item)
        {
            int64_t em, config;
            if (json_integer_value(json_object_get(item, "priority")) != priority)
                continue;
            TRY(id_of(l, TR_EM, json_member(item, "executableModuleId"), &em));
            TRY(id_of(l, TR_CONFIG, json_member(item, "applicationConfigId"), &config));
            TRY(each(l, o, em, config));
        }
    return TSM_OK;
}

static enum tsm_err place_file_of(struct releasing *l, struct order_of_files *o, int64_t em, int64_t config)
{
    struct tr_row row;
    JSON *body = NULL;
    (void)config;
    TRY(row_load(l->tx, em, &row, &body));
    for (size_t i = 0; i < o->elfs.n; i++)
        if (o->elfs.at[i].id == row.parent)
            place(o, i);
    return TSM_OK;
}

/* As the applications need them, then those that none needs. */
static enum tsm_err arrange(struct releasing *l, struct order_of_files *o)
{
    TRY(by_priority(l, o, place_file_of));
    for (size_t i = 0; i < o->elfs.n; i++)
        place(o, i);
    return TSM_OK;
}

enum tsm_err content_release(struct releasing *l, int64_t *bytes)
{
    struct order_of_files o = {.n = 0};
    enum tsm_err e;
    *bytes = 0;
    TRY(items_of_two(l->tx, SQL_TR_TARGET_IDS, l->flavor->id, TR_ELF, &o.elfs));
    e = o.elfs.n <= FLAVOR_FILES_MAX ? TSM_OK : FAIL(TOO_LONG, "a flavor has too many load files");
    if (e == TSM_OK)
        e = arrange(l, &o);
    if (e == TSM_OK)
        e = add_files(l, &o, bytes);
    json_object_set_new(l->made, "applications", json_array());
    if (e == TSM_OK)
        e = by_priority(l, &o, add_application);
    *bytes += APPLICATION_BYTES * (int64_t)json_array_size(json_object_get(l->made, "applications"));
    items_drop(&o.elfs);
    return e;
}
