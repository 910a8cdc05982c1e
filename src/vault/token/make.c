/* SPDX-License-Identifier: Apache-2.0 */
/* How keys come into a token: made inside, unwrapped inside, or put in clear by a ceremony; and how they go.
 * Edge. [PKCS#11 v2.40 5.7, 5.13] */
#include "vault/token/kinds.h"

#include <string.h>

struct making {
    const char *name;
    enum token_kind kind;
    size_t len;
    struct bytes value;          /* import only */
    CK_OBJECT_HANDLE unwrapping; /* wrapped import only */
};

static CK_RV run_generate_secret(const struct lease *l, void *arg)
{
    const struct making *m = arg;
    CK_MECHANISM how = {kind_generator(m->kind, m->len), NULL, 0};
    CK_OBJECT_HANDLE made;
    struct template t;
    template_key(&t, m->kind, m->name, m->len);
    if (t.type == CKK_AES || t.type == CKK_GENERIC_SECRET)
        template_add(&t, CKA_VALUE_LEN, &t.len, sizeof t.len);
    return l->f->C_GenerateKey(l->session, &how, t.at, t.n, &made);
}

static CK_RV run_generate_pair(const struct lease *l, void *arg)
{
    const struct making *m = arg;
    CK_MECHANISM how = {kind_generator(m->kind, m->len), NULL, 0};
    CK_OBJECT_HANDLE public_half, private_half;
    struct template open, closed;
    template_public(&open, m->kind, m->name, m->len);
    template_key(&closed, m->kind, m->name, m->len);
    return l->f->C_GenerateKeyPair(l->session, &how, open.at, open.n, closed.at, closed.n, &public_half,
                                   &private_half);
}

static CK_RV run_import_secret(const struct lease *l, void *arg)
{
    const struct making *m = arg;
    CK_OBJECT_HANDLE made;
    struct template t;
    template_key(&t, m->kind, m->name, m->value.len);
    template_add(&t, CKA_VALUE, m->value.at, m->value.len);
    return l->f->C_CreateObject(l->session, t.at, t.n, &made);
}

static CK_RV run_import_pair(const struct lease *l, void *arg)
{
    const struct making *m = arg;
    CK_BYTE point[2 + EC_POINT_LEN] = {0x04, EC_POINT_LEN, 0x04}; /* OCTET STRING of 04 | x | y */
    CK_OBJECT_HANDLE public_half, made;
    struct template t;
    CK_RV rv;
    memcpy(point + 3, m->value.at + EC_COORDINATE, EC_POINT_LEN - 1);
    template_public(&t, m->kind, m->name, 0);
    template_add(&t, CKA_EC_POINT, point, sizeof point);
    rv = l->f->C_CreateObject(l->session, t.at, t.n, &public_half);
    if (rv != CKR_OK)
        return rv;
    template_key(&t, m->kind, m->name, 0);
    template_add(&t, CKA_EC_PARAMS, ec_p256, sizeof ec_p256);
    template_add(&t, CKA_VALUE, m->value.at, EC_COORDINATE);
    rv = l->f->C_CreateObject(l->session, t.at, t.n, &made);
    if (rv != CKR_OK)
        l->f->C_DestroyObject(l->session, public_half);
    return rv;
}

static CK_RV run_unwrap(const struct lease *l, void *arg)
{
    const struct making *m = arg;
    CK_MECHANISM how = {CKM_AES_KEY_WRAP, NULL, 0};
    CK_OBJECT_HANDLE made;
    struct template t;
    template_key(&t, m->kind, m->name, m->len);
    return l->f->C_UnwrapKey(l->session, &how, l->key, ck_bytes(m->value), m->value.len, t.at, t.n, &made);
}

enum tsm_err token_has(struct token *t, const char *name, bool *out)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_SECRET_KEY, CKO_PRIVATE_KEY};
    for (size_t i = 0; i < 2; i++) {
        long key;
        enum tsm_err e = token_name(t, name, classes[i], &key);
        if (e != TSM_KEY_MISSING) {
            TRY(e);
            *out = true;
            return TSM_OK;
        }
    }
    err_clear();
    *out = false;
    return TSM_OK;
}

static enum tsm_err name_is_free(struct token *t, const char *name)
{
    bool taken;
    NEED(name[0] && strlen(name) <= TOKEN_NAME_MAX, BAD_VALUE);
    TRY(token_has(t, name, &taken));
    return taken ? FAIL(UNIQUE, "the token holds a key named %s already", name) : TSM_OK;
}

enum tsm_err token_generate(struct token *t, const char *name, enum token_kind kind, size_t len)
{
    struct making m = {.name = name, .kind = kind, .len = len};
    bool pair = token_kinds[kind].class == CKO_PRIVATE_KEY;
    TRY(kind_length(kind, len));
    TRY(name_is_free(t, name));
    return token_run(t,
                     &(struct token_call){pair ? "C_GenerateKeyPair" : "C_GenerateKey",
                                          pair ? run_generate_pair : run_generate_secret, &m, TOKEN_NO_KEY});
}

enum tsm_err token_import(struct token *t, const char *name, enum token_kind kind, struct bytes value)
{
    enum { PAIR_LEN = 3 * EC_COORDINATE };
    struct making m = {.name = name, .kind = kind, .value = value};
    bool pair = token_kinds[kind].class == CKO_PRIVATE_KEY;
    NEED(kind != TOKEN_RSA_SIGN && kind != TOKEN_RSA_CARD && kind != TOKEN_EC_SIGN_384, KEY_REFUSED);
    if (pair)
        NEED(value.len == PAIR_LEN, BAD_LENGTH);
    else
        TRY(kind_length(kind, value.len));
    TRY(name_is_free(t, name));
    return token_run(t, &(struct token_call){"C_CreateObject", pair ? run_import_pair : run_import_secret, &m,
                                             TOKEN_NO_KEY});
}

enum tsm_err token_import_wrapped(struct token *t, const char *name, enum token_kind kind,
                                  struct token_wrapped from)
{
    enum { WRAP_OVERHEAD = 8 }; /* RFC 3394: one more block of 8 */
    struct making m = {.name = name, .kind = kind, .value = from.wrapped};
    long transport;
    NEED(token_kinds[kind].class == CKO_SECRET_KEY && kind != TOKEN_KEK, KEY_REFUSED);
    NEED(from.wrapped.len > WRAP_OVERHEAD, BAD_LENGTH);
    m.len = from.wrapped.len - WRAP_OVERHEAD;
    TRY(kind_length(kind, m.len));
    TRY(name_is_free(t, name));
    TRY(token_name(t, from.transport, CKO_SECRET_KEY, &transport));
    return token_run(t, &(struct token_call){"C_UnwrapKey", run_unwrap, &m, transport});
}

static CK_RV run_destroy(const struct lease *l, void *arg)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_SECRET_KEY, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
    const struct making *m = arg;
    for (size_t i = 0; i < 3; i++) {
        CK_OBJECT_HANDLE found;
        CK_RV rv = find_object(l, m->name, classes[i], &found);
        if (rv == CKR_OK && found != CK_INVALID_HANDLE)
            rv = l->f->C_DestroyObject(l->session, found);
        if (rv != CKR_OK)
            return rv;
    }
    return CKR_OK;
}

enum tsm_err token_destroy(struct token *t, const char *name)
{
    struct making m = {.name = name};
    bool there;
    TRY(token_has(t, name, &there));
    if (!there)
        return FAIL(KEY_MISSING, "the token holds no key named %s", name);
    token_forget_name(t, name);
    return token_run(t, &(struct token_call){"C_DestroyObject", run_destroy, &m, TOKEN_NO_KEY});
}
