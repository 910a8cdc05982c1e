/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed records of what keys may be used for, and the question before each use. Stations 1 and 5. Edge.
 * [ANSI X9.143 5.2] */
#include "vault/block/policy.h"

#include <stdio.h>
#include <string.h>

#include "vault/keys/named.h"
#include "vault/party.h"

#define LABEL_BEFORE "block."
enum {
    LABEL_ROOM = sizeof LABEL_BEFORE + NAMED_KEYSET_MAX,
    RECORD_HEAD = 7, /* usage, algorithm, mode, exportability, key version */
    RECORD_MAX = RECORD_HEAD + 1 + 32,
};
_Static_assert((int)(SEAL_OVERHEAD + RECORD_MAX) <= TOKEN_DATA_MAX, "a record fits a data object");

static enum tsm_err place_of(const char *name, struct seal_place *at, char label[LABEL_ROOM])
{
    at->purpose = SEAL_POLICY;
    TRY(vault_named_id(name, &at->id));
    snprintf(label, LABEL_ROOM, LABEL_BEFORE "%s", name);
    return TSM_OK;
}

static enum tsm_err record_write(const struct policy_record *r, struct writer *w)
{
    const struct keyblock_policy *p = &r->policy;
    TRY(write_span(w, BYTES_OF((const uint8_t *)p->usage, 2)));
    TRY(write_u8(w, (uint8_t)p->algorithm));
    TRY(write_u8(w, (uint8_t)p->mode));
    TRY(write_u8(w, (uint8_t)p->exportability));
    TRY(write_span(w, BYTES_OF((const uint8_t *)r->key_version, 2)));
    return write_lv(w, secret_bytes(&r->value));
}

static enum tsm_err record_read(struct bytes plain, struct policy_record *out)
{
    struct reader r = READER(plain);
    struct bytes value;
    uint8_t fixed[RECORD_HEAD];
    TRY(read_copy(&r, sizeof fixed, fixed));
    TRY(read_lv(&r, &value));
    TRY(read_end(&r));
    memset(out, 0, sizeof *out);
    memcpy(out->policy.usage, fixed, 2);
    out->policy.algorithm = (char)fixed[2];
    out->policy.mode = (char)fixed[3];
    out->policy.exportability = (char)fixed[4];
    memcpy(out->key_version, &fixed[5], 2);
    return secret_set(&out->value, value);
}

enum tsm_err policy_keep(struct vault_party *p, const char *name, const struct policy_record *r)
{
    uint8_t plain[RECORD_MAX], box[TOKEN_DATA_MAX];
    struct writer w = WRITER(plain), blob = WRITER(box);
    char label[LABEL_ROOM];
    struct seal_place at;
    enum tsm_err e;
    TRY(place_of(name, &at, label));
    TRY(record_write(r, &w));
    e = seal_put(p, at, written(&w), &blob);
    explicit_bzero(plain, sizeof plain);
    TRY(e);
    return token_data_put(p->token, label, written(&blob));
}

enum tsm_err policy_read(struct vault_party *p, const char *name, struct policy_record *out)
{
    uint8_t plain[RECORD_MAX], box[TOKEN_DATA_MAX];
    struct writer w = WRITER(plain), blob = WRITER(box);
    char label[LABEL_ROOM];
    struct seal_place at;
    enum tsm_err e;
    TRY(place_of(name, &at, label));
    TRY(token_data_get(p->token, label, &blob));
    e = seal_get(p, at, written(&blob), &w);
    if (e == TSM_OK)
        e = record_read(written(&w), out);
    explicit_bzero(plain, sizeof plain);
    return e;
}

enum tsm_err policy_drop(struct vault_party *p, const char *name)
{
    char label[LABEL_ROOM];
    struct seal_place at;
    TRY(place_of(name, &at, label));
    return token_data_drop(p->token, label);
}

/* The remembered answer of a name; false when it was not asked for yet. */
static bool recall(struct vault_party *p, const char *name, struct known_policy *out)
{
    bool found = false;
    pthread_mutex_lock(&p->loading);
    for (size_t i = 0; i < p->policies_n && !found; i++) {
        found = !strcmp(p->policies[i].name, name);
        if (found)
            *out = p->policies[i];
    }
    pthread_mutex_unlock(&p->loading);
    return found;
}

static void remember(struct vault_party *p, const struct known_policy *k)
{
    pthread_mutex_lock(&p->loading);
    if (p->policies_n < POLICIES_KNOWN_MAX)
        p->policies[p->policies_n++] = *k;
    pthread_mutex_unlock(&p->loading);
}

/* A name without a record is remembered only when its key is there: it may come later, with a block. */
static enum tsm_err ask(struct vault_party *p, const char *name, struct known_policy *out)
{
    POLICY_RECORD r = {.key_version = ""};
    bool there = true;
    enum tsm_err e = policy_read(p, name, &r);
    memset(out, 0, sizeof *out);
    snprintf(out->name, sizeof out->name, "%s", name);
    if (e == TSM_KEY_MISSING || e == TSM_BAD_VALUE) {
        err_clear();
        TRY(token_has(p->token, name, &there));
        e = TSM_OK;
    } else {
        out->bound = true;
        out->policy = r.policy;
    }
    if (e == TSM_OK && there)
        remember(p, out);
    return e;
}

enum tsm_err policy_need(struct vault_party *p, const char *name, const char *usage, const char *modes)
{
    struct known_policy k;
    if (!recall(p, name, &k))
        TRY(ask(p, name, &k));
    if (!k.bound)
        return TSM_OK;
    if (!strcmp(usage, USAGE_ANY_IMK) && k.policy.usage[0] == USAGE_ANY_IMK[0])
        usage = k.policy.usage;
    return keyblock_rules_use(k.policy, usage, modes, name);
}

enum tsm_err policy_need_bound(struct vault_party *p, const char *name, const char *usage, const char *modes)
{
    struct known_policy k;
    bool there;
    if (!recall(p, name, &k))
        TRY(ask(p, name, &k));
    if (k.bound)
        return keyblock_rules_use(k.policy, usage, modes, name);
    TRY(token_has(p->token, name, &there));
    return there ? FAIL(KEY_REFUSED, "the key %s came without a block: nothing says that it is of usage %s",
                        name, usage)
                 : TSM_OK;
}
