/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Login, the pool of sessions, and the one way to run a call: a lost session is forgotten and the call
 * repeated once with a fresh one, a refused PIN is never tried again. Edge. [PKCS#11 v2.40 5.6]
 */
#include "vault/token/inside.h"

#include <p11-kit/p11-kit.h>
#include <time.h>

#include "vault/memory.h"

/* After these the session, the login or the handles cannot be trusted any more. */
static bool is_lost(CK_RV rv)
{
    switch (rv) {
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_DEVICE_ERROR:
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_SLOT_ID_INVALID:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
    case CKR_GENERAL_ERROR:
    case CKR_FUNCTION_FAILED:
        return true;
    default:
        return false;
    }
}

static bool is_refusal(CK_RV rv)
{
    switch (rv) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
    case CKR_MECHANISM_INVALID:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
    case CKR_KEY_NOT_WRAPPABLE:
    case CKR_KEY_UNEXTRACTABLE:
    case CKR_ATTRIBUTE_SENSITIVE:
        return true;
    default:
        return false;
    }
}

enum tsm_err token_verdict(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return TSM_OK;
    if (rv == CKR_ENCRYPTED_DATA_INVALID || rv == CKR_SIGNATURE_INVALID || rv == CKR_WRAPPED_KEY_INVALID)
        return FAIL(MAC_WRONG, "%s: the token says the data were changed", what);
    if (is_refusal(rv))
        return FAIL(KEY_REFUSED, "%s: refused by the token (%s)", what, p11_kit_strerror(rv));
    return FAIL(TOKEN_FAILED, "%s: %s", what, p11_kit_strerror(rv));
}

static enum tsm_err login(struct token *t)
{
    CK_RV rv = t->f->C_Login(t->anchor, CKU_USER, t->pin.at, t->pin.len);
    t->pin_refused = is_refusal(rv);
    return rv == CKR_USER_ALREADY_LOGGED_IN ? TSM_OK : token_verdict(rv, "C_Login");
}

/* Finds the token, opens the anchor session and logs in. Under the lock. */
static enum tsm_err go_live(struct token *t)
{
    enum tsm_err e;
    if (t->pin_refused)
        return FAIL(KEY_REFUSED, "the token refused the PIN before; it is not tried again");
    TRY(module_slot(t->f, t->where.label, &t->slot));
    TRY(token_verdict(
        t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->anchor),
        "C_OpenSession"));
    e = login(t);
    if (e != TSM_OK) {
        t->f->C_CloseSession(t->anchor);
        return e;
    }
    t->live = true;
    t->restart_pause_ms = 0;
    t->epoch = t->module->epoch;
    return TSM_OK;
}

/* Forgets everything learned since go_live. Under the lock. */
static void go_dead(struct token *t)
{
    bool ours = t->epoch == t->module->epoch; /* else the handles may already be somebody else's */
    if (!t->live)
        return;
    for (size_t i = 0; i < t->idle_n && ours; i++)
        t->f->C_CloseSession(t->idle[i]);
    if (ours)
        t->f->C_CloseSession(t->anchor);
    t->idle_n = 0;
    for (size_t i = 0; i < t->names_n; i++)
        t->names[i].handle = CK_INVALID_HANDLE;
    t->live = false;
    t->generation++;
}

static enum tsm_err lease_key(struct token *t, struct lease *l, long key)
{
    struct token_name *name;
    l->key = CK_INVALID_HANDLE;
    if (key == TOKEN_NO_KEY)
        return TSM_OK;
    name = &t->names[key];
    if (!name->label[0])
        return FAIL(KEY_MISSING, "the key was destroyed");
    if (name->handle == CK_INVALID_HANDLE)
        TRY(token_verdict(find_object(l, name->label, name->class, &name->handle), "C_FindObjects"));
    if (name->handle == CK_INVALID_HANDLE)
        return FAIL(TOKEN_FAILED, "the token no longer shows the key named %s", name->label);
    l->key = name->handle;
    return TSM_OK;
}

static enum tsm_err lease_fill(struct token *t, struct lease *l, long key)
{
    enum tsm_err e;
    if (t->live && t->epoch != t->module->epoch)
        go_dead(t);
    if (!t->live)
        TRY(go_live(t));
    l->f = t->f;
    l->generation = t->generation;
    if (t->idle_n)
        l->session = t->idle[--t->idle_n];
    else
        TRY(token_verdict(
            t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &l->session),
            "C_OpenSession"));
    e = lease_key(t, l, key);
    if (e != TSM_OK)
        t->f->C_CloseSession(l->session);
    return e;
}

static enum tsm_err lease_take(struct token *t, struct lease *l, long key)
{
    enum tsm_err e;
    pthread_mutex_lock(&t->lock);
    e = lease_fill(t, l, key);
    if (e == TSM_TOKEN_FAILED)
        go_dead(t);
    pthread_mutex_unlock(&t->lock);
    return e;
}

static void lease_give(struct token *t, struct lease *l, CK_RV rv)
{
    pthread_mutex_lock(&t->lock);
    if (l->generation == t->generation && is_lost(rv))
        go_dead(t);
    if (l->generation == t->generation && rv == CKR_OK && t->idle_n < TOKEN_IDLE_MAX)
        t->idle[t->idle_n++] = l->session;
    else
        t->f->C_CloseSession(l->session);
    pthread_mutex_unlock(&t->lock);
}

/* What may help after a failure: nothing, a fresh session, or the module started anew because it shows no
 * token. */
enum cure { CURE_NONE, CURE_SESSION, CURE_RESTART };

static enum tsm_err attempt(struct token *t, const struct token_call *call, enum cure *cure)
{
    struct lease l;
    enum tsm_err e;
    *cure = CURE_NONE;
    pthread_rwlock_rdlock(&t->module->calls);
    e = lease_take(t, &l, call->key);
    if (e == TSM_TOKEN_FAILED)
        *cure = CURE_RESTART;
    if (e == TSM_OK) {
        CK_RV rv = call->run(&l, call->arg);
        lease_give(t, &l, rv);
        e = token_verdict(rv, call->what);
        if (is_lost(rv))
            *cure = CURE_SESSION;
    }
    pthread_rwlock_unlock(&t->module->calls);
    return e;
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool may_restart(struct token *t)
{
    int64_t now = monotonic_ms(), pause;
    bool may;
    pthread_mutex_lock(&t->lock);
    may = now >= t->restart_after_ms;
    if (may) {
        pause = t->restart_pause_ms ? 2 * t->restart_pause_ms : RESTART_PAUSE_MIN_MS;
        t->restart_pause_ms = pause < RESTART_PAUSE_MAX_MS ? pause : RESTART_PAUSE_MAX_MS;
        t->restart_after_ms = now + t->restart_pause_ms;
    }
    pthread_mutex_unlock(&t->lock);
    return may;
}

enum tsm_err token_run(struct token *t, const struct token_call *call)
{
    enum cure cure;
    enum tsm_err e = attempt(t, call, &cure);
    if (cure != CURE_NONE)
        e = attempt(t, call, &cure);
    if (cure == CURE_RESTART && may_restart(t) && module_restart(t->module))
        e = attempt(t, call, &cure);
    return e;
}

static enum tsm_err first_live(struct token *t)
{
    enum tsm_err e;
    pthread_rwlock_rdlock(&t->module->calls);
    e = go_live(t);
    pthread_rwlock_unlock(&t->module->calls);
    return e;
}

enum tsm_err token_open(const struct token_where *where, struct secret *pin, struct token **out)
{
    struct token *t = NULL;
    SECRET mine = *pin;
    enum tsm_err e;
    secret_wipe(pin);
    TRY(locked_new(sizeof *t, (void **)&t));
    t->where = *where;
    t->pin = mine;
    pthread_mutex_init(&t->lock, NULL);
    e = module_take(where, &t->module);
    if (e == TSM_OK) {
        t->f = t->module->f;
        e = first_live(t);
        if (e == TSM_TOKEN_FAILED && may_restart(t) &&
            module_restart(t->module)) /* made by another process since */
            e = first_live(t);
    }
    if (e != TSM_OK) {
        token_close(t);
        return e;
    }
    *out = t;
    return TSM_OK;
}

void token_close(struct token *t)
{
    if (!t)
        return;
    if (t->module) {
        pthread_rwlock_rdlock(&t->module->calls);
        go_dead(t);
        pthread_rwlock_unlock(&t->module->calls);
        module_give(t->module);
    }
    pthread_mutex_destroy(&t->lock);
    locked_free(t, sizeof *t);
}
