/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of vault/token/ share: the loaded module, the session pool, the table of key names, and the
 * one way to run a call with one fresh start after a lost session. Edge. [PKCS#11 v2.40]
 */
#ifndef TSM_VAULT_TOKEN_INSIDE_H
#define TSM_VAULT_TOKEN_INSIDE_H

#include <p11-kit/pkcs11.h>
#include <pthread.h>

#include "vault/token/token.h"

/* A module, loaded and initialised once per process and counted. */
struct token_module {
    CK_FUNCTION_LIST *f;
    char start[TOKEN_START_MAX + 1]; /* as in token_where; the first who loads the module says it */
    unsigned uses;
    pthread_rwlock_t calls; /* read by every call, written by a restart */
    unsigned epoch;         /* grows with every restart: no handle outlives it */
};
enum tsm_err module_take(const struct token_where *where, struct token_module **out);
void module_give(struct token_module *m);
/* Finalises and initialises the module, which is how modules notice that a token came back; false when it
 * does not start. All tokens of the module log in again at their next call. */
bool module_restart(struct token_module *m);
/* The slot that holds the token of this label; TOKEN_FAILED when there is none. */
enum tsm_err module_slot(CK_FUNCTION_LIST *f, const char *label, CK_SLOT_ID *out);
/* A slot whose token is not initialised. */
enum tsm_err module_free_slot(CK_FUNCTION_LIST *f, CK_SLOT_ID *out);

enum { TOKEN_IDLE_MAX = 16, RESTART_PAUSE_MIN_MS = 1000, RESTART_PAUSE_MAX_MS = 64000 };

struct token_name {
    char label[TOKEN_NAME_MAX + 1]; /* empty once the key was destroyed */
    CK_OBJECT_CLASS class;
    CK_OBJECT_HANDLE handle; /* CK_INVALID_HANDLE until found, and again after a lost session */
};

struct token {
    struct token_module *module;
    CK_FUNCTION_LIST *f;
    struct token_where where;
    struct secret pin;
    pthread_mutex_t lock; /* guards all below */
    bool live;            /* anchor open and logged in */
    bool pin_refused;     /* never tried again: PINs lock */
    unsigned generation;  /* grows with every fresh start */
    unsigned epoch;       /* of the module, at go_live */
    /* Restarts of the module that this token asked for while it was missing: each pause is twice the last. */
    int64_t restart_after_ms, restart_pause_ms;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE anchor; /* keeps the login while no call runs */
    CK_SESSION_HANDLE idle[TOKEN_IDLE_MAX];
    size_t idle_n;
    struct token_name names[TOKEN_NAMES_MAX];
    size_t names_n;
};

/* A session held by one call, and the key it uses. */
struct lease {
    CK_FUNCTION_LIST *f;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    unsigned generation;
};

/* One call: `run` is repeated once with a fresh session when the first one was lost, so it must be
 * repeatable. */
enum { TOKEN_NO_KEY = -1 };
struct token_call {
    const char *what; /* for the cause: "CKM_AES_CMAC" */
    CK_RV (*run)(const struct lease *l, void *arg);
    void *arg;
    long key; /* index of a name, or TOKEN_NO_KEY */
};
enum tsm_err token_run(struct token *t, const struct token_call *call);
/* The index of a name (kept for the life of t); KEY_MISSING when no object bears it. */
enum tsm_err token_name(struct token *t, const char *label, CK_OBJECT_CLASS class, long *out);
/* Forgets the handle of a name that was destroyed. */
void token_forget_name(struct token *t, const char *label);
/* First object of this label and class in the session; CK_INVALID_HANDLE when none. */
CK_RV find_object(const struct lease *l, const char *label, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out);
/* CK_RV as an error of ours, with `what` in the cause. */
enum tsm_err token_verdict(CK_RV rv, const char *what);

/* PKCS#11 takes its inputs as writable pointers though it does not write them. */
static inline CK_BYTE *ck_bytes(struct bytes b)
{
    return (CK_BYTE *)(uintptr_t)b.at;
}
static inline CK_BYTE *ck_text(const char *s)
{
    return (CK_BYTE *)(uintptr_t)s;
}

#endif
