/* SPDX-License-Identifier: Apache-2.0 */
/* Entities for the provider itself, for secure component profiles, load files and scripts. Station 2. Role.
 * [TR-03165 4.1.4.1, 4.1.4.5, 4.1.4.8, 4.1.4.16] */
#include "role/sp/sptsm/keep/adopt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/sptsm/keep/adopt_service.h"
#include "role/sp/sptsm/keep/elf.h"

enum { SCRIPT_NAME_ROOM = TR_TEXT_MAX + 1 };

const char *adopt_time(time_us t, char out[TR_TIME_TEXT])
{
    char text[TIME_TEXT];
    snprintf(out, TR_TIME_TEXT, "%.23sZ", time_text(t, text));
    return out;
}

enum tsm_err adopt_provider_uid(struct tx *tx, int64_t party, char uid[UID_ROOM])
{
    struct tr_row row;
    TRY(row_load(tx, party, &row, NULL));
    snprintf(uid, UID_ROOM, "%s", row.uid);
    return TSM_OK;
}

static enum tsm_err adopt_provider(struct tx *tx, int64_t party)
{
    struct tr_row row = {.id = party, .party = party, .kind = TR_PROVIDER};
    ROWS r = {0};
    JSON *body = NULL;
    enum tsm_err e = row_load(tx, party, &row, NULL);
    if (e != TSM_NOT_FOUND)
        return e;
    TRY(db_first(tx, &r, SQL_PARTY_BY_ID, party));
    TRY(row_uid(row.uid));
    body = json_pack("{ss ss}", "id", row.uid, "name", db_text(&r, 0));
    return row_add(tx, &row, body);
}

/* --- profiles --- */

/* The attributes that the owner's profile does not tell: what its kind of element is known to have. */
static json_t *profile_defaults(const json_t *profile)
{
    enum { EMBEDDED_SE = 1, UICC = 4, SCP03 = 3 };
    const char *name = json_member(profile, "name");
    bool is_uicc = !strcmp(json_member(profile, "bearer"), "sms");
    bool has_scp03 = json_integer_value(json_object_get(profile, "protocol")) == SCP03;
    json_t *o = json_pack("{ss si ss ss ss ss s{} s{ss} s{ss} s{} s{}}", "name", name, "scType",
                          is_uicc ? UICC : EMBEDDED_SE, "hardwarePlatform", name, "os", name, "osVersion",
                          "1.0", "javaCardVersion", "3.0.4", "javaCardFeatures", "gpSpecVersions", "card",
                          "2.3.1", "gpApiVersions", "card", "1.6", "csp", "certifications");
    if (has_scp03)
        json_object_set_new(json_object_get(o, "gpSpecVersions"), "scp03", json_string("1.1.1"));
    return o;
}

/* What the owner laid down goes before what is known of the kind. */
static json_t *profile_body(const json_t *profile, const char *uid)
{
    json_t *body = json_pack("{ss}", "id", uid), *defaults = profile_defaults(profile), *v;
    const char *name;
    json_object_update(body, defaults);
    json_decref(defaults);
    json_object_foreach(json_object_get(profile, "component"), name, v)
    {
        if (json_object_get(body, name) && (!json_is_string(v) || json_string_length(v)))
            json_object_set(body, name, v);
    }
    return body;
}

static enum tsm_err keep_profile(struct tx *tx, const struct rows *r)
{
    struct tr_row row = {.id = db_int(r, 0), .kind = TR_PROFILE};
    bool fresh = !*db_text(r, 1);
    JSON *profile = NULL, *body = NULL, *old = NULL;
    TRY(json_read(bytes_of_text(db_text(r, 2)), &profile));
    if (fresh)
        TRY(row_uid(row.uid));
    else
        TRY(json_read(bytes_of_text(db_text(r, 3)), &old));
    body = profile_body(profile, fresh ? row.uid : db_text(r, 1));
    NEED(body != NULL, NO_MEMORY);
    if (fresh)
        return row_add(tx, &row, body);
    return json_equal(body, old) ? TSM_OK : row_set(tx, row.id, body);
}

static enum tsm_err adopt_profiles(struct tx *tx)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_TR_PROFILES);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        TRY(keep_profile(tx, &r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* --- load files --- */

enum tsm_err adopt_module(struct tx *tx, const struct tr_row *elf, struct bytes aid)
{
    struct tr_row row = {.id = store_id(tx_store(tx)), .party = elf->party, .parent = elf->id, .kind = TR_EM};
    char text[2 * 16 + 1];
    JSON *body = NULL;
    TRY(row_uid(row.uid));
    body = json_pack("{ss ss ss}", "id", row.uid, "elfId", elf->uid, "aid", hex_text(aid, text));
    return row_add(tx, &row, body);
}

enum tsm_err adopt_load_file(struct tx *tx, const struct tr_load_file *f)
{
    TRY(row_add(tx, f->row, f->elf));
    TRY(db_exec(tx, SQL_TR_FILE_SET, f->row->id, f->hash, f->file));
    for (size_t i = 0; i < f->cap->applets; i++)
        TRY(adopt_module(tx, f->row, f->cap->applet[i].aid));
    return TSM_OK;
}

/* Of these the components that are loaded are kept, and the descriptor apart: joined, they are the file.
 * Owned by the caller. */
static enum tsm_err join_file(struct tx *tx, const struct rows *r, int64_t party, struct writer *out)
{
    ROWS revision = {0};
    enum tsm_err e = db_first(tx, &revision, SQL_REVISION_BY_HASH, party, db_blob(r, 1));
    struct bytes descriptor = e == TSM_OK ? db_blob(&revision, 4) : BYTES_NONE;
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    *out = (struct writer){malloc(db_blob(r, 2).len + descriptor.len + 1), 0,
                           db_blob(r, 2).len + descriptor.len};
    NEED(out->at != NULL, NO_MEMORY);
    TRY(write_span(out, db_blob(r, 2)));
    return write_span(out, descriptor);
}

static enum tsm_err store_load_file(struct tx *tx, struct bytes hash, struct bytes file, int64_t party)
{
    struct tr_row row = {.id = store_id(tx_store(tx)), .party = party, .kind = TR_ELF};
    struct tr_load_file f = {.row = &row, .hash = hash, .file = file};
    char provider[UID_ROOM], now[TR_TIME_TEXT], name[ELF_NAME_ROOM];
    JSON *elf = NULL;
    struct cap cap;
    TRY(cap_read_joined(f.file, &cap));
    TRY(row_uid(row.uid));
    TRY(adopt_provider_uid(tx, party, provider));
    elf_package_name(&cap, name);
    adopt_time(tx_now(tx), now);
    elf = json_pack("{ss ss ss so ss ss ss}", "id", row.uid, "spId", provider, "aid", "", "fileName",
                    json_sprintf("%.200s.ijc", name), "type", "", "creationDate", now, "uploadDate", now);
    NEED(elf != NULL, NO_MEMORY);
    TRY(elf_describe(&cap, elf));
    f.elf = elf;
    f.cap = &cap;
    return adopt_load_file(tx, &f);
}

static enum tsm_err take_load_file(struct tx *tx, const struct rows *r, int64_t party)
{
    struct writer file = {NULL, 0, 0};
    enum tsm_err e = join_file(tx, r, party, &file);
    if (e == TSM_OK)
        e = store_load_file(tx, db_blob(r, 1), written(&file), party);
    free(file.at);
    return e;
}

static enum tsm_err take_script(struct tx *tx, const struct rows *r, int64_t party)
{
    struct tr_row row = {.id = db_int(r, 0), .party = party, .kind = TR_SCRIPT};
    char provider[UID_ROOM], now[TR_TIME_TEXT], name[SCRIPT_NAME_ROOM];
    JSON *body = NULL;
    TRY(row_uid(row.uid));
    TRY(adopt_provider_uid(tx, party, provider));
    adopt_time(tx_now(tx), now);
    snprintf(name, sizeof name, "%.200s.json", db_text(r, 1));
    body = json_pack("{ss ss ss ss ss}", "id", row.uid, "spId", provider, "fileName", name, "creationDate",
                     now, "uploadDate", now);
    TRY(row_add(tx, &row, body));
    return db_exec(tx, SQL_TR_FILE_SET, row.id, BYTES_NONE, bytes_of_text(db_text(r, 2)));
}

/* One after the other, since each makes the next query's answer shorter. */
static enum tsm_err take_next(struct tx *tx, int64_t party, enum sql_id statement)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, statement, party));
    return statement == SQL_TR_NEW_LOAD_FILES ? take_load_file(tx, &r, party)
           : statement == SQL_TR_NEW_SCRIPTS  ? take_script(tx, &r, party)
                                              : adopt_service(tx, party, &r);
}

enum tsm_err adopt_all(struct tx *tx, int64_t party)
{
    static const enum sql_id news[] = {SQL_TR_NEW_LOAD_FILES, SQL_TR_NEW_SCRIPTS, SQL_TR_NEW_SERVICES};
    TRY(adopt_provider(tx, party));
    TRY(adopt_profiles(tx));
    for (size_t i = 0; i < sizeof news / sizeof news[0]; i++) {
        enum tsm_err e;
        do
            e = take_next(tx, party, news[i]);
        while (e == TSM_OK);
        if (e != TSM_NOT_FOUND)
            return e;
    }
    return TSM_OK;
}
