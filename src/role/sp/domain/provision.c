/* SPDX-License-Identifier: Apache-2.0 */
/* Key provisioning modes. Stations 4 to 6. Role. [TR-03165 3.4, 4.1.4.6, appendix A] */
#include "role/sp/domain/provision.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/content/words.h"
#include "vault/keys/master.h"

enum provisioning { KEYS_NONE, KEYS_DIVERSIFIED, KEYS_BASIC, KEYS_RANDOM };

static enum provisioning mode_of(const struct turn *t)
{
    const json_t *wish = json_object_get(t->flavor, WORD_KEY_PROVISIONING);
    return (enum provisioning)json_integer_value(json_object_get(wish, "mode"));
}

static const char *index_of(const struct turn *t)
{
    return json_member(json_object_get(t->flavor, WORD_KEY_PROVISIONING), "index");
}

static bool derives(const struct turn *t)
{
    return mode_of(t) == KEYS_DIVERSIFIED || mode_of(t) == KEYS_BASIC;
}

enum tsm_err provision_judge(struct turn *t)
{
    bool there = false;
    if (!derives(t))
        return TSM_OK;
    TRY(vault_has_key(t->vault, index_of(t), &there));
    if (!there)
        failure_set(&t->failure, OWNER_SP,
                    "bring the key in under this name, or change featureConfig.keyIndex",
                    "the provider's vault has no key %.64s, from which the flavor wants the domain's keys",
                    index_of(t));
    else if (t->profile.protocol == PROTOCOL_SCP02)
        failure_set(&t->failure, OWNER_SP, "give the flavor keyProvisioningMode 3 for this profile",
                    "elements of profile %s have no AES keys, from which the flavor's keys are made",
                    t->profile.name);
    else
        return TSM_OK;
    t->failed = true;
    return TSM_OK;
}

/* Keys are as long as their master [NIST SP 800-108, KDF3]. */
static enum tsm_err derive(struct turn *t, struct keyset_derivation *d, struct keyset_target to)
{
    static const uint8_t lengths[] = {16, 24, 32};
    enum tsm_err e = TSM_BAD_LENGTH;
    for (size_t i = 0; i < sizeof lengths && e == TSM_BAD_LENGTH; i++) {
        d->form.key_len = lengths[i];
        e = vault_derived_keyset(t->vault, d, to);
    }
    return e;
}

enum tsm_err provision_keys(struct turn *t, const struct keyset_form *form, struct keyset_target to)
{
    const char *index = index_of(t);
    struct keyset_derivation d = {.master = {index, index, index}, .kdf = GP_KDF_KDF3, .form = *form};
    if (!derives(t))
        return vault_generate_keyset(t->vault, form, to);
    if (mode_of(t) == KEYS_DIVERSIFIED)
        TRY(vault_random(d.kdd, sizeof d.kdd));
    TRY(derive(t, &d, to));
    memcpy(t->kdd, d.kdd, sizeof t->kdd);
    return TSM_OK;
}

enum tsm_err provision_keep(struct turn *t, struct tx *tx, int64_t domain)
{
    if (mode_of(t) == KEYS_NONE)
        return TSM_OK;
    return db_exec(tx, SQL_PROVISIONING_ADD, domain, (int64_t)mode_of(t), index_of(t),
                   mode_of(t) == KEYS_DIVERSIFIED ? BYTES(t->kdd) : BYTES_NONE);
}

enum tsm_err provision_forget(struct tx *tx, int64_t domain)
{
    return db_exec(tx, SQL_PROVISIONING_DELETE, domain);
}

/* The index as the token has it: a UUID [TR-03165 appendix A.2, tag 83]. */
static enum tsm_err read_uuid(const char *text, uint8_t out[ATTESTATION_UUID])
{
    char digits[2 * ATTESTATION_UUID + 1];
    size_t n = 0, len;
    for (; *text; text++) {
        if (*text == '-')
            continue;
        NEED(n < sizeof digits - 1, TOO_LONG);
        digits[n++] = *text;
    }
    digits[n] = 0;
    return hex_read(digits, out, ATTESTATION_UUID, &len) == TSM_OK && len == ATTESTATION_UUID
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, "keyIndex",
                            "the master's index is no UUID, so that no attestation token can name it");
}

struct asked {
    struct turn *t;
    struct attestation *says;
};

static enum tsm_err load(struct tx *tx, void *arg)
{
    struct asked *a = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PROVISIONING_GET, a->t->instance.domain);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && db_int(&r, 0) != KEYS_DIVERSIFIED))
        return FAIL(CONFLICT, "the keys of the domain were not diversified: the token cannot say how");
    TRY(e);
    TRY(read_uuid(db_text(&r, 1), a->says->master_key));
    a->says->diversification = arena_copy(&a->t->job->arena, db_blob(&r, 2));
    NEED(a->says->diversification.at != NULL, NO_MEMORY);
    return TSM_OK;
}

enum tsm_err provision_attest(struct turn *t, struct attestation *says)
{
    struct asked a = {t, says};
    return store_read(t->sp->c.store, load, &a);
}
