/* SPDX-License-Identifier: Apache-2.0 */
/* A load file before the provider's gate, and its rows. Stations 1 to 4. Role. [capability S18] */
#include "role/sp/content/load_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "link/cap/archive.h"

/* One offer on its way. */
struct taking {
    const struct load_file_offer *offer;
    struct load_file_result *out;
    struct cap_file cap;
    uint8_t *block, hash[SHA256_LEN];
    struct se_profile profile[LOAD_FILE_PROFILES_MAX];
    size_t n_profiles;
    bool taken; /* another provider has a package of this AID */
};

static struct bytes package_of(const struct taking *t)
{
    return t->cap.cap.package.aid;
}

static enum tsm_err add_name(struct load_file_result *out, const char *name)
{
    size_t len = strlen(out->names), n = strlen(name);
    NEED(len + n + 2 < sizeof out->names, TOO_LONG);
    snprintf(out->names + len, sizeof out->names - len, "%s%s", len ? "," : "", name);
    return TSM_OK;
}

static bool names_have(const char *names, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = names;; at++) {
        size_t len = strcspn(at, ",");
        if (len == n && memcmp(at, name, n) == 0)
            return true;
        at += len;
        if (!*at)
            return false;
    }
}

/* The profiles of the flavors that name the package: there it shall go. */
static enum tsm_err profiles_of_flavors(struct tx *tx, struct taking *t)
{
    char wanted[33];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_FLAVOR_BODIES, t->offer->party);
    hex_text(package_of(t), wanted);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *body = json_loads(db_text(&r, 0), 0, NULL), *name;
        size_t i;
        enum tsm_err added = TSM_OK;
        if (strcmp(json_member(body, "load_file"), wanted) == 0) {
            json_array_foreach(json_object_get(body, "profiles"), i, name)
            {
                if (added == TSM_OK && json_is_string(name) &&
                    !names_have(t->out->names, json_string_value(name)))
                    added = add_name(t->out, json_string_value(name));
            }
        }
        json_decref(body);
        TRY(added);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err load_profile(struct tx *tx, struct taking *t, const char *name)
{
    ROWS r = {0};
    json_t *body;
    enum tsm_err e = db_first(tx, &r, SQL_PROFILE_BY_NAME, name);
    if (e == TSM_NOT_FOUND && t->offer->profiles[0])
        return FAIL_FIELD(NOT_FOUND, "profiles", "no profile has the name %.40s", name);
    if (e == TSM_NOT_FOUND)
        return TSM_OK; /* the owner's: it judges for it */
    TRY(e);
    NEED(t->n_profiles < LOAD_FILE_PROFILES_MAX, TOO_LONG);
    TRY(json_read(bytes_of_text(db_text(&r, 1)), &body));
    e = profile_read(body, &t->profile[t->n_profiles]);
    json_decref(body);
    t->n_profiles += e == TSM_OK;
    return e;
}

static enum tsm_err load_facts(struct tx *tx, void *arg)
{
    struct taking *t = arg;
    char names[PROFILES_TEXT_MAX], *save = NULL;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_LOAD_FILE_OTHERS, package_of(t), t->offer->party);
        t->taken = e == TSM_OK;
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
    }
    NEED(strlen(t->offer->profiles) < sizeof t->out->names, TOO_LONG);
    snprintf(t->out->names, sizeof t->out->names, "%s", t->offer->profiles);
    if (!t->out->names[0])
        TRY(profiles_of_flavors(tx, t));
    snprintf(names, sizeof names, "%s", t->out->names);
    for (char *name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save))
        TRY(load_profile(tx, t, name));
    return TSM_OK;
}

/* For one profile, or with NULL for the file alone. */
static enum tsm_err judge_for(struct taking *t, struct crypto *c, const struct se_profile *profile)
{
    struct admission terms = {.policy = {.offered_count = 0}};
    struct bytes package = package_of(t);
    if (profile)
        TRY(admission_of_profile(profile, &terms));
    for (size_t i = 0; i < t->offer->n_beside; i++)
        TRY(admission_beside(&terms, &t->offer->beside[i]));
    terms.policy.taken = &package;
    terms.policy.taken_count = t->taken;
    TRY(admission_judge(&t->cap.cap, &terms.policy, c, t->out->judged));
    t->out->admitted = t->out->judged->verdict.admitted;
    snprintf(t->out->profile, sizeof t->out->profile, "%s", profile ? profile->name : "");
    return TSM_OK;
}

static enum tsm_err judge(struct taking *t)
{
    struct crypto *c;
    enum tsm_err e;
    TRY(crypto_new(&c));
    e = t->n_profiles ? TSM_OK : judge_for(t, c, NULL);
    t->out->admitted = t->n_profiles || t->out->admitted;
    for (size_t i = 0; i < t->n_profiles && e == TSM_OK && t->out->admitted; i++)
        e = judge_for(t, c, &t->profile[i]);
    crypto_free(c);
    return e;
}

static enum tsm_err leaf(struct tx *tx, struct taking *t)
{
    const struct cap_finding *f = admission_reason(&t->out->judged->report);
    json_t *o =
        json_pack("{ss ss ss}", "package", t->out->package, "hash", t->out->hash, "profiles", t->out->names);
    char *text;
    enum tsm_err e;
    NEED(o != NULL, NO_MEMORY);
    if (!t->out->admitted && f)
        json_object_set_new(o, "rule", json_string(cap_rule_id(f->rule)));
    text = json_text(o);
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = audit_add(tx,
                  &(struct audit_leaf){t->offer->party, BYTES_NONE,
                                       t->out->admitted ? "load-file.admitted" : "load-file.refused", text});
    free(text);
    return e;
}

/* The newest revision is what the next deployment takes. */
static enum tsm_err set_newest(struct tx *tx, struct taking *t, const char *body)
{
    struct bytes content = BYTES_OF(t->block, t->cap.cap.code_size);
    enum tsm_err e =
        db_exec_one(tx, SQL_LOAD_FILE_SET, t->offer->party, package_of(t), BYTES(t->hash), content, body);
    if (e != TSM_NOT_FOUND)
        return e;
    return db_exec(tx, SQL_LOAD_FILE_ADD, store_id(tx_store(tx)), t->offer->party, package_of(t),
                   BYTES(t->hash), content, body);
}

static enum tsm_err keep(struct tx *tx, void *arg)
{
    struct taking *t = arg;
    struct bytes content = BYTES_OF(t->block, t->cap.cap.code_size);
    char body[80];
    if (t->out->admitted) {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_REVISION_BY_HASH, t->offer->party, BYTES(t->hash));
        t->out->fresh = e == TSM_NOT_FOUND;
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
    }
    if (t->out->admitted) {
        snprintf(body, sizeof body, "{\"version\":\"%u.%u\"}", t->out->major, t->out->minor);
        TRY(db_exec(tx, SQL_REVISION_ADD, store_id(tx_store(tx)), t->offer->party, package_of(t),
                    BYTES(t->hash), (int64_t)t->out->major, (int64_t)t->out->minor, content,
                    t->cap.cap.component[CAP_DESCRIPTOR], tx_now(tx)));
        TRY(set_newest(tx, t, body));
    }
    return t->out->admitted && !t->out->fresh ? TSM_OK : leaf(tx, t);
}

static enum tsm_err take_readable(struct taking *t)
{
    struct load_file_result *out = t->out;
    TRY(cap_block_make(&t->cap.cap, &t->block, t->hash));
    hex_text(package_of(t), out->package);
    hex_text(BYTES(t->hash), out->hash);
    out->major = t->cap.cap.package.major;
    out->minor = t->cap.cap.package.minor;
    out->bytes = t->cap.cap.code_size;
    TRY(store_read(t->offer->store, load_facts, t));
    return judge(t);
}

enum tsm_err load_file_take(const struct load_file_offer *offer, struct load_file_result *out)
{
    struct taking *t = calloc(1, sizeof *t);
    enum tsm_err e;
    *out = (struct load_file_result){.fresh = false};
    NEED(t != NULL, NO_MEMORY);
    out->judged = calloc(1, sizeof *out->judged);
    t->offer = offer;
    t->out = out;
    e = out->judged ? cap_archive_read(offer->file, &t->cap) : FAIL(NO_MEMORY, "no memory for a judgement");
    if (e == TSM_OK)
        e = take_readable(t);
    else if (!err_may_retry(e)) {
        admission_unreadable(out->judged); /* what cannot be read is refused by its rule, too */
        e = TSM_OK;
    }
    if (e == TSM_OK)
        e = store_write(offer->store, keep, t);
    cap_file_free(&t->cap);
    free(t->block);
    free(t);
    return e;
}

void load_file_result_drop(struct load_file_result *r)
{
    free(r->judged);
    r->judged = NULL;
}

json_t *load_file_json(const struct load_file_result *r)
{
    char version[8];
    snprintf(version, sizeof version, "%u.%u", r->major, r->minor);
    return json_pack("{ss ss ss sI ss}", "package", r->package, "version", version, "hash", r->hash, "bytes",
                     (json_int_t)r->bytes, "profiles", r->names);
}
