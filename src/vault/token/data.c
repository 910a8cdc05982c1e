/* SPDX-License-Identifier: Apache-2.0 */
/* Blank tokens made ready, and small data objects kept beside the keys. Edge. [PKCS#11 v2.40 4.5, 5.5] */
#include "vault/token/inside.h"

#include <string.h>

static const char application[] = "OpenTSM";

static enum tsm_err set_pin(CK_FUNCTION_LIST *f, CK_SLOT_ID slot, const struct secret *so,
                            const struct secret *pin)
{
    CK_SESSION_HANDLE s;
    CK_RV rv;
    TRY(token_verdict(f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s),
                      "C_OpenSession"));
    rv = f->C_Login(s, CKU_SO, ck_bytes(secret_bytes(so)), so->len);
    if (rv == CKR_OK)
        rv = f->C_InitPIN(s, ck_bytes(secret_bytes(pin)), pin->len);
    f->C_Logout(s);
    f->C_CloseSession(s);
    return token_verdict(rv, "C_InitPIN");
}

static enum tsm_err init_in(CK_FUNCTION_LIST *f, const char *name, const struct secret *so,
                            const struct secret *pin)
{
    CK_UTF8CHAR label[TOKEN_LABEL_MAX];
    CK_SLOT_ID slot;
    if (module_slot(f, name, &slot) == TSM_OK)
        return FAIL(CONFLICT, "a token labelled %s is there already", name);
    memset(label, ' ', sizeof label);
    memcpy(label, name, strlen(name));
    TRY(module_free_slot(f, &slot));
    TRY(token_verdict(f->C_InitToken(slot, ck_bytes(secret_bytes(so)), so->len, label), "C_InitToken"));
    TRY(module_slot(f, name, &slot)); /* modules may renumber their slots now */
    return set_pin(f, slot, so, pin);
}

enum tsm_err vault_init_token(const struct token_where *where, struct secret *so_pin, struct secret *pin)
{
    SECRET so = *so_pin;
    SECRET user = *pin;
    struct token_module *m;
    enum tsm_err e;
    secret_wipe(so_pin);
    secret_wipe(pin);
    NEED(so.len >= TOKEN_PIN_MIN && user.len >= TOKEN_PIN_MIN, BAD_LENGTH);
    TRY(module_take(where, &m));
    pthread_rwlock_rdlock(&m->calls);
    e = init_in(m->f, where->label, &so, &user);
    pthread_rwlock_unlock(&m->calls);
    module_give(m);
    return e;
}

struct data_use {
    const char *name;
    struct bytes value;
    uint8_t *out;
    CK_ULONG len;
    bool found;
};

static CK_RV run_put(const struct lease *l, void *arg)
{
    static const CK_BBOOL yes = CK_TRUE;
    static const CK_OBJECT_CLASS class = CKO_DATA;
    struct data_use *u = arg;
    CK_ATTRIBUTE t[] = {{CKA_CLASS, (void *)(uintptr_t) & class, sizeof class},
                        {CKA_TOKEN, (void *)(uintptr_t)&yes, sizeof yes},
                        {CKA_PRIVATE, (void *)(uintptr_t)&yes, sizeof yes},
                        {CKA_APPLICATION, ck_text(application), sizeof application - 1},
                        {CKA_LABEL, ck_text(u->name), strlen(u->name)},
                        {CKA_VALUE, ck_bytes(u->value), u->value.len}};
    CK_OBJECT_HANDLE made;
    return l->f->C_CreateObject(l->session, t, sizeof t / sizeof t[0], &made);
}

static CK_RV run_get(const struct lease *l, void *arg)
{
    struct data_use *u = arg;
    CK_ATTRIBUTE value = {CKA_VALUE, u->out, TOKEN_DATA_MAX};
    CK_OBJECT_HANDLE at = CK_INVALID_HANDLE;
    CK_RV rv = find_object(l, u->name, CKO_DATA, &at);
    u->found = rv == CKR_OK && at != CK_INVALID_HANDLE;
    if (!u->found)
        return rv;
    rv = l->f->C_GetAttributeValue(l->session, at, &value, 1);
    u->len = value.ulValueLen;
    return rv;
}

enum tsm_err token_data_put(struct token *t, const char *name, struct bytes value)
{
    uint8_t old[TOKEN_DATA_MAX];
    struct writer w = WRITER(old);
    struct data_use u = {.name = name, .value = value};
    enum tsm_err e = token_data_get(t, name, &w);
    if (e == TSM_OK)
        return FAIL(UNIQUE, "the token holds a data object named %s already", name);
    if (e != TSM_KEY_MISSING)
        return e;
    NEED(value.len <= TOKEN_DATA_MAX, NO_ROOM);
    return token_run(t, &(struct token_call){"C_CreateObject", run_put, &u, TOKEN_NO_KEY});
}

enum tsm_err token_data_get(struct token *t, const char *name, struct writer *out)
{
    uint8_t value[TOKEN_DATA_MAX];
    struct data_use u = {.name = name, .out = value};
    TRY(token_run(t, &(struct token_call){"C_GetAttributeValue", run_get, &u, TOKEN_NO_KEY}));
    if (!u.found)
        return FAIL(KEY_MISSING, "the token holds no data object named %s", name);
    return write_span(out, BYTES_OF(value, u.len));
}

static CK_RV run_drop(const struct lease *l, void *arg)
{
    struct data_use *u = arg;
    CK_OBJECT_HANDLE at = CK_INVALID_HANDLE;
    CK_RV rv = find_object(l, u->name, CKO_DATA, &at);
    u->found = rv == CKR_OK && at != CK_INVALID_HANDLE;
    return u->found ? l->f->C_DestroyObject(l->session, at) : rv;
}

enum tsm_err token_data_drop(struct token *t, const char *name)
{
    struct data_use u = {.name = name};
    TRY(token_run(t, &(struct token_call){"C_DestroyObject", run_drop, &u, TOKEN_NO_KEY}));
    return u.found ? TSM_OK : FAIL(KEY_MISSING, "the token holds no data object named %s", name);
}
