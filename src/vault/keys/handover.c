/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets that come and go: random, imported, handed over; sealed before they are let out of sight. Stations
 * 5, 6. Edge. */
#include "vault/keys/handover.h"

#include "vault/jose/jwe.h"
#include "vault/keys/known.h"
#include "vault/party.h"

enum tsm_err keyset_give(struct vault_party *p, const struct worker *w, struct keyset_target to)
{
    uint8_t kcvs[KEYSET_KEYS][GP_KCV_LEN];
    struct writer blob = *to.blob;
    TRY(keyset_check(&w->fresh));
    TRY(keyset_kcvs(&w->fresh, w->crypto, kcvs));
    TRY(keyset_seal(p, to.id, &w->fresh, &blob));
    if (to.kcvs)
        memcpy(to.kcvs, kcvs, sizeof kcvs);
    *to.blob = blob;
    return TSM_OK;
}

void keyset_set_form(struct keyset *k, const struct keyset_form *f)
{
    k->protocol = f->protocol;
    k->kvn = f->kvn;
    k->alg = (uint8_t)f->alg;
    k->key_len = f->key_len;
}

enum tsm_err vault_generate_keyset(struct vault_party *p, const struct keyset_form *form,
                                   struct keyset_target to)
{
    WORKER(w);
    keyset_set_form(&w->fresh, form);
    TRY(keyset_check(&w->fresh));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        struct secret *k = &w->fresh.key[i];
        k->len = form->key_len;
        TRY(vault_random(k->at, k->len));
        if (form->alg == CIPHER_TDES)
            des_parity(k->at, k->len);
    }
    return keyset_give(p, w, to);
}

enum tsm_err vault_keyset_facts(struct vault_party *p, struct sealed_keyset keys, struct keyset_facts *out)
{
    struct keyset_facts f;
    WORKER(w);
    TRY(keyset_unseal(p, keys, 0, &w->keys));
    f.form =
        (struct keyset_form){w->keys.protocol, w->keys.kvn, (enum cipher_alg)w->keys.alg, w->keys.key_len};
    TRY(keyset_kcvs(&w->keys, w->crypto, f.kcvs));
    *out = f;
    return TSM_OK;
}

enum tsm_err vault_export_keyset_jwe(struct vault_party *p, struct sealed_keyset keys,
                                     const json_t *recipient, struct writer *jwe)
{
    uint8_t plain[KEYSET_PLAIN_MAX];
    struct writer w = WRITER(plain);
    enum tsm_err e = vault_unseal(p, keys.id, keys.blob, &w);
    if (e == TSM_OK)
        e = vault_jwe_seal(recipient, (struct jwe_content){written(&w), VAULT_KEYSET_CTY}, jwe);
    explicit_bzero(plain, sizeof plain);
    return e;
}

/* A laboratory may have any key, production none that everybody knows. */
static enum tsm_err refuse_known(const struct vault_party *p, const struct worker *w, struct bytes kdd)
{
    return p->laboratory ? TSM_OK : keyset_refuse_known(&w->fresh, w->crypto, kdd);
}

enum tsm_err vault_import_keyset_jwe(struct vault_party *p, const char *key, struct bytes jwe,
                                     struct keyset_target to)
{
    uint8_t plain[KEYSET_PLAIN_MAX];
    struct writer text = WRITER(plain);
    enum tsm_err e = vault_jwe_open(p, key, jwe, &text);
    WORKER(w);
    if (e == TSM_OK && keyset_read(written(&text), &w->fresh) != TSM_OK)
        e = FAIL(BAD_FORM, "the JWE holds no key set");
    explicit_bzero(plain, sizeof plain);
    TRY(e);
    TRY(refuse_known(p, w, BYTES_NONE));
    return keyset_give(p, w, to);
}

enum tsm_err vault_import_key_file(struct vault_party *p, struct bytes jwe, uint64_t id, struct writer *blob)
{
    SECRET key = {0};
    struct writer w = {key.at, 0, sizeof key.at};
    TRY(vault_jwe_open(p, VAULT_KEY_IMPORT, jwe, &w));
    NEED(w.len == FILE_KEY_LEN, BAD_LENGTH);
    return seal_put(p, (struct seal_place){SEAL_FILE_KEY, id}, written(&w), blob);
}

/* Three keys in a row, of the row's form. */
static enum tsm_err read_three(const struct import_row *row, struct bytes keys, struct keyset *out)
{
    struct reader r = READER(keys);
    keyset_set_form(out, &row->form);
    TRY(keyset_check(out));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        TRY(read_copy(&r, out->key_len, out->key[i].at));
        out->key[i].len = out->key_len;
    }
    return read_end(&r);
}

static enum tsm_err file_key_get(struct vault_party *p, struct sealed_keyset from, struct worker *w)
{
    SECRET key = {0};
    struct writer plain = {key.at, 0, sizeof key.at};
    TRY(seal_get(p, (struct seal_place){SEAL_FILE_KEY, from.id}, from.blob, &plain));
    return crypto_key(w->crypto, CIPHER_AES, written(&plain), &w->key);
}

static enum tsm_err open_row(const struct import_row *row, struct worker *w, struct bytes *plain)
{
    struct reader r = READER(row->keys);
    struct bytes nonce, cipher, tag;
    NEED(row->keys.len >= GCM_NONCE + GCM_TAG && row->keys.len <= GCM_NONCE + KEYSET_PLAIN_MAX + GCM_TAG,
         BAD_LENGTH);
    TRY(read_span(&r, GCM_NONCE, &nonce));
    TRY(read_span(&r, r.left.len - GCM_TAG, &cipher));
    TRY(read_span(&r, GCM_TAG, &tag));
    TRY(crypto_gcm_open(&w->key, (struct gcm){nonce, row->aad}, cipher, tag.at, w->plain));
    *plain = BYTES_OF(w->plain, cipher.len);
    return TSM_OK;
}

enum tsm_err vault_import_row(struct vault_party *p, struct sealed_keyset file_key,
                              const struct import_row *row, struct keyset_target to)
{
    struct bytes plain;
    WORKER(w);
    TRY(file_key_get(p, file_key, w));
    TRY(open_row(row, w, &plain));
    TRY(read_three(row, plain, &w->fresh));
    TRY(refuse_known(p, w, row->kdd));
    return keyset_give(p, w, to);
}

enum tsm_err vault_import_clear(struct vault_party *p, const struct import_row *row, struct keyset_target to)
{
    WORKER(w);
    if (!p->laboratory)
        return FAIL(KEY_REFUSED, "clear keys are taken in by a laboratory configuration only");
    TRY(read_three(row, row->keys, &w->fresh));
    return keyset_give(p, w, to);
}
