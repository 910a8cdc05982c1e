/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets found: clear keys diversified for the card, names looked up in the vault. App. [GPCS B.6] */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/card/keys.h"
#include "app/file/text_file.h"
#include "gp/keys/kcv.h"
#include "vault/keys/master.h"

enum { PIN_MAX = SECRET_MAX };

/* fd:N or @FILE; the line's end is taken off. */
static enum tsm_err read_pin(const char *arg, struct secret *pin)
{
    bool named = arg && arg[0] == '@', numbered = arg && strncmp(arg, "fd:", 3) == 0;
    int fd = numbered ? atoi(arg + 3) : named ? open(arg + 1, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n;
    if (!named && !numbered)
        return FAIL(MISSING_FIELD, "--pin fd:N or --pin @FILE says the PIN of the vault");
    n = fd < 0 ? -1 : read(fd, pin->at, PIN_MAX);
    if (named && fd >= 0)
        close(fd);
    while (n > 0 && (pin->at[n - 1] == '\n' || pin->at[n - 1] == '\r'))
        n--;
    if (n <= 0)
        return FAIL(IO, "the PIN cannot be read");
    pin->len = (size_t)n;
    return TSM_OK;
}

static bool in_vault(const struct signer_arg *s)
{
    return s->name && !text_file_named(s->name);
}

static bool needs_vault(const struct card_args *a)
{
    return a->vault || a->key.name || a->fresh.name ||
           (a->scp11.oce_key && !text_file_named(a->scp11.oce_key)) || in_vault(&a->token_key) ||
           in_vault(&a->dap_key) || in_vault(&a->single) || in_vault(&a->receipt_key);
}

enum tsm_err keyring_open(const struct card_args *a, struct keyring *out)
{
    bool clear = key_source_clear(&a->key) || key_source_clear(&a->fresh);
    struct vault_settings settings = {.uri = a->vault ? a->vault : getenv("TSM_VAULT"), .laboratory = clear};
    struct keyring r = {.vault = NULL};
    SECRET pin = {0};
    enum tsm_err e;
    TRY(crypto_new(&r.crypto));
    e = TSM_OK;
    if (needs_vault(a)) {
        e = settings.uri ? read_pin(a->pin, &pin)
                         : FAIL(MISSING_FIELD, "--vault pkcs11:token=.. says which vault has the name");
        if (e == TSM_OK)
            e = vault_open(&settings, &pin, &r.vault);
    }
    if (e != TSM_OK)
        keyring_close(&r);
    else
        *out = r;
    return e;
}

void keyring_close(struct keyring *r)
{
    vault_close(r->vault);
    crypto_free(r->crypto);
    *r = (struct keyring){.vault = NULL};
}

void card_keyset_wipe(struct card_keyset *k)
{
    explicit_bzero(k, sizeof *k);
}

/* The card's own keys: each part diversified by its key identifier. */
static enum tsm_err diversify(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                              struct keyset *out)
{
    static const uint8_t none[GP_DIVERSIFICATION_LEN];
    KEYSET k = {.protocol = wish->protocol,
                .kvn = wish->kvn,
                .alg = wish->protocol == SCP02 ? CIPHER_TDES : CIPHER_AES};
    if (!s->given[0] || !s->given[1] || !s->given[2])
        return FAIL(MISSING_FIELD, "a key set has three keys: --key for all, or each of enc, mac and dek");
    if (s->kdf != GP_KDF_NONE && !wish->kdd)
        return FAIL(MISSING_FIELD, "keys are derived from the card's data: name a reader, or --kdd");
    for (size_t i = 0; i < KEYSET_KEYS; i++) {
        CIPHER_KEY master = {0};
        TRY(crypto_key(r->crypto, (enum cipher_alg)k.alg, secret_bytes(&s->part[i]), &master));
        TRY(gp_diversify(s->kdf, &master, wish->kdd ? wish->kdd : none, (enum gp_key_id)(GP_KEY_ENC + i),
                         &k.key[i]));
    }
    k.key_len = (uint8_t)k.key[0].len;
    for (size_t i = 1; i < KEYSET_KEYS; i++)
        if (k.key[i].len != k.key_len)
            return FAIL(BAD_LENGTH, "the keys of one set have the same length");
    TRY(keyset_check(&k));
    *out = k;
    return TSM_OK;
}

/* A clear set goes into the vault's care for the time of the command; it is not stored there. */
static enum tsm_err import_clear(struct keyring *r, const struct keyset *k, struct keyset_target to)
{
    uint8_t keys[KEYSET_KEYS * 32];
    struct writer w = WRITER(keys);
    struct import_row row = {.form = {k->protocol, k->kvn, (enum cipher_alg)k->alg, k->key_len}};
    enum tsm_err e = TSM_OK;
    for (size_t i = 0; i < KEYSET_KEYS && e == TSM_OK; i++)
        e = write_span(&w, secret_bytes(&k->key[i]));
    row.keys = written(&w);
    if (e == TSM_OK)
        e = vault_import_clear(r->vault, &row, to);
    explicit_bzero(keys, sizeof keys);
    return e;
}

static enum tsm_err find_clear(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                               struct card_keyset *out)
{
    struct writer blob = WRITER(out->sealed.room);
    KEYSET k = {0};
    TRY(diversify(r, s, wish, &k));
    out->form = (struct keyset_form){k.protocol, k.kvn, (enum cipher_alg)k.alg, k.key_len};
    TRY(keyset_kcvs(&k, r->crypto, out->kcvs));
    if (!r->vault) {
        out->clear = k;
        return TSM_OK;
    }
    TRY(import_clear(r, &k, (struct keyset_target){.blob = &blob}));
    out->sealed.sealed = (struct sealed_keyset){.blob = written(&blob)};
    return TSM_OK;
}

/* "NAME" or "ENC,MAC,DEK". */
static enum tsm_err split_names(const char *text, char room[KEYSET_KEYS][NAMED_KEYSET_MAX + 1])
{
    const char *comma = strchr(text, ','), *second = comma ? strchr(comma + 1, ',') : NULL;
    const char *from[KEYSET_KEYS] = {text, comma ? comma + 1 : text, second ? second + 1 : text};
    NEED((comma != NULL) == (second != NULL), BAD_FORM);
    for (size_t i = 0; i < KEYSET_KEYS; i++) {
        size_t n = strcspn(from[i], ",");
        NEED(n > 0 && n <= NAMED_KEYSET_MAX, BAD_FORM);
        memcpy(room[i], from[i], n);
        room[i][n] = 0;
    }
    return TSM_OK;
}

/* Masters in the token derive as many octets as they have; the token does not tell how many, so lengths are
 * tried. */
static enum tsm_err find_master(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                                struct card_keyset *out)
{
    static const uint8_t lengths[] = {16, 24, 32};
    char names[KEYSET_KEYS][NAMED_KEYSET_MAX + 1];
    struct keyset_derivation d = {.master = {names[0], names[1], names[2]}, .kdf = s->kdf};
    enum tsm_err e = TSM_BAD_LENGTH;
    TRY(split_names(s->name, names));
    if (!wish->kdd)
        return FAIL(MISSING_FIELD, "keys are derived from the card's data: name a reader, or --kdd");
    memcpy(d.kdd, wish->kdd, sizeof d.kdd);
    for (size_t i = 0; i < sizeof lengths && e == TSM_BAD_LENGTH; i++) {
        struct writer blob = WRITER(out->sealed.room);
        d.form = (struct keyset_form){wish->protocol, wish->kvn,
                                      wish->protocol == SCP02 ? CIPHER_TDES : CIPHER_AES, lengths[i]};
        e = vault_derived_keyset(r->vault, &d, (struct keyset_target){.blob = &blob, .kcvs = out->kcvs});
        out->sealed.sealed = (struct sealed_keyset){.blob = written(&blob)};
    }
    TRY(e);
    out->form = d.form;
    return TSM_OK;
}

static enum tsm_err find_named(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                               struct card_keyset *out)
{
    struct keyset_facts facts;
    if (s->kdf != GP_KDF_NONE)
        return find_master(r, s, wish, out);
    if (vault_named_keyset(r->vault, s->name, &out->sealed) != TSM_OK) {
        bool master = false;
        TRY(vault_has_key(r->vault, s->name, &master));
        if (master)
            return FAIL(KEY_REFUSED, "%.48s is a master key and never leaves its token: say --kdf", s->name);
        return FAIL(KEY_MISSING, "the vault has no key set or master named %.48s", s->name);
    }
    TRY(vault_keyset_facts(r->vault, out->sealed.sealed, &facts));
    out->form = facts.form;
    memcpy(out->kcvs, facts.kcvs, sizeof out->kcvs);
    if (wish->protocol && facts.form.protocol != wish->protocol)
        return FAIL(KEY_REFUSED, "the key set %.48s is for SCP%02X, the card speaks SCP%02X", s->name,
                    facts.form.protocol, wish->protocol);
    return TSM_OK;
}

enum tsm_err keyring_find(struct keyring *r, const struct key_source *s, const struct keyset_wish *wish,
                          struct card_keyset *out)
{
    if (!key_source_given(s))
        return FAIL(MISSING_FIELD, "no key: --key fd:N|@FILE|NAME or --keyset NAME");
    TRY(key_source_clear(s) ? find_clear(r, s, wish, out) : find_named(r, s, wish, out));
    out->there = true;
    return TSM_OK;
}

enum tsm_err keyring_make(struct keyring *r, const char *name, const struct keyset_form *form,
                          struct card_keyset *out)
{
    struct writer blob = WRITER(out->sealed.room);
    uint64_t id;
    TRY(vault_named_id(name, &id));
    TRY(vault_generate_keyset(r->vault, form,
                              (struct keyset_target){.id = id, .blob = &blob, .kcvs = out->kcvs}));
    out->sealed.sealed = (struct sealed_keyset){.id = id, .blob = written(&blob)};
    TRY(vault_keep_keyset(r->vault, name, out->sealed.sealed));
    out->form = *form;
    out->there = true;
    return TSM_OK;
}
