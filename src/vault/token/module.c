/* SPDX-License-Identifier: Apache-2.0 */
/* Loads PKCS#11 modules through p11-kit, once per process, and finds tokens in their slots by label. Edge.
 * [PKCS#11 v2.40 5.4, 5.5; RFC 7512] */
#include "vault/token/inside.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdio.h>
#include <string.h>

enum { MODULES_MAX = 8, SLOTS_MAX = 256 };

static struct {
    pthread_mutex_t lock;
    struct token_module at[MODULES_MAX];
} loaded = {.lock = PTHREAD_MUTEX_INITIALIZER};

static enum tsm_err uri_fill(P11KitUri *u, struct token_where *out)
{
    const char *path = p11_kit_uri_get_module_path(u),
               *start = p11_kit_uri_get_vendor_query(u, "x-init-reserved");
    const CK_TOKEN_INFO *info = p11_kit_uri_get_token_info(u);
    size_t n = p11_kit_space_strlen(info->label, sizeof info->label);
    if (p11_kit_uri_get_pin_value(u))
        return FAIL(BAD_VALUE, "a PIN does not belong into a pkcs11: URI");
    if (n == 0 || n > TOKEN_LABEL_MAX || info->label[0] == 0)
        return FAIL(BAD_FORM, "the pkcs11: URI names no token");
    path = path ? path : TOKEN_MODULE_DEFAULT;
    start = start ? start : "";
    NEED(strlen(path) <= TOKEN_PATH_MAX && strlen(start) <= TOKEN_START_MAX, TOO_LONG);
    *out = (struct token_where){.label = {0}};
    memcpy(out->label, info->label, n);
    snprintf(out->module, sizeof out->module, "%s", path);
    snprintf(out->start, sizeof out->start, "%s", start);
    return TSM_OK;
}

enum tsm_err token_where_read(const char *uri, struct token_where *out)
{
    P11KitUri *u = p11_kit_uri_new();
    enum tsm_err e;
    NEED(u != NULL, NO_MEMORY);
    if (p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, u) != P11_KIT_URI_OK)
        e = FAIL(BAD_FORM, "not a pkcs11: URI as RFC 7512 writes it");
    else
        e = uri_fill(u, out);
    p11_kit_uri_free(u);
    return e;
}

static enum tsm_err module_start(struct token_module *m)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK, .pReserved = m->start[0] ? m->start : NULL};
    CK_RV rv = m->f->C_Initialize(&args);
    return rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? TSM_OK : token_verdict(rv, "C_Initialize");
}

/* A restart must not starve behind a stream of calls to other tokens. */
static void calls_init(pthread_rwlock_t *calls)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(calls, &attr);
    pthread_rwlockattr_destroy(&attr);
}

static enum tsm_err module_note(CK_FUNCTION_LIST *f, const char *start, struct token_module **out)
{
    struct token_module *blank = NULL;
    enum tsm_err e;
    for (size_t i = 0; i < MODULES_MAX; i++) {
        struct token_module *m = &loaded.at[i];
        if (m->f == f) {
            m->uses++;
            *out = m;
            return TSM_OK;
        }
        blank = m->f || blank ? blank : m;
    }
    if (!blank)
        return FAIL(UNSUPPORTED, "more than %d PKCS#11 modules in one process", MODULES_MAX);
    *blank = (struct token_module){.f = f, .uses = 1};
    snprintf(blank->start, sizeof blank->start, "%s", start);
    e = module_start(blank);
    if (e != TSM_OK) {
        blank->f = NULL;
        return e;
    }
    calls_init(&blank->calls);
    *out = blank;
    return TSM_OK;
}

enum tsm_err module_take(const struct token_where *where, struct token_module **out)
{
    CK_FUNCTION_LIST *f;
    enum tsm_err e;
    pthread_mutex_lock(&loaded.lock);
    f = p11_kit_module_load(where->module, P11_KIT_MODULE_CRITICAL | P11_KIT_MODULE_UNMANAGED);
    e = f ? module_note(f, where->start, out)
          : FAIL(TOKEN_FAILED, "the PKCS#11 module %.150s cannot be loaded", where->module);
    if (f && e != TSM_OK)
        p11_kit_module_release(f);
    pthread_mutex_unlock(&loaded.lock);
    return e;
}

void module_give(struct token_module *m)
{
    CK_FUNCTION_LIST *f = m->f;
    pthread_mutex_lock(&loaded.lock);
    if (--m->uses == 0) {
        f->C_Finalize(NULL);
        pthread_rwlock_destroy(&m->calls);
        m->f = NULL;
    }
    p11_kit_module_release(f);
    pthread_mutex_unlock(&loaded.lock);
}

bool module_restart(struct token_module *m)
{
    bool done;
    pthread_rwlock_wrlock(&m->calls);
    m->f->C_Finalize(NULL);
    m->epoch++;
    done = module_start(m) == TSM_OK;
    pthread_rwlock_unlock(&m->calls);
    return done;
}

static bool slot_fits(CK_FUNCTION_LIST *f, CK_SLOT_ID slot, const char *label)
{
    CK_TOKEN_INFO info;
    size_t n;
    if (f->C_GetTokenInfo(slot, &info) != CKR_OK)
        return false;
    if (!label)
        return !(info.flags & CKF_TOKEN_INITIALIZED);
    n = p11_kit_space_strlen(info.label, sizeof info.label);
    return (info.flags & CKF_TOKEN_INITIALIZED) && n == strlen(label) && !memcmp(info.label, label, n);
}

static enum tsm_err slot_search(CK_FUNCTION_LIST *f, const char *label, CK_SLOT_ID *out, bool *found)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    TRY(token_verdict(f->C_GetSlotList(CK_TRUE, NULL, &n), "C_GetSlotList")); /* makes the module look anew */
    n = SLOTS_MAX;
    TRY(token_verdict(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList"));
    *found = false;
    for (CK_ULONG i = 0; i < n && !*found; i++)
        if (slot_fits(f, slots[i], label)) {
            *out = slots[i];
            *found = true;
        }
    return TSM_OK;
}

enum tsm_err module_slot(CK_FUNCTION_LIST *f, const char *label, CK_SLOT_ID *out)
{
    bool found;
    TRY(slot_search(f, label, out, &found));
    return found ? TSM_OK : FAIL(TOKEN_FAILED, "no token labelled %.32s is in the module", label);
}

enum tsm_err module_free_slot(CK_FUNCTION_LIST *f, CK_SLOT_ID *out)
{
    bool found;
    TRY(slot_search(f, NULL, out, &found));
    return found ? TSM_OK : FAIL(TOKEN_FAILED, "the module has no slot with a blank token");
}
