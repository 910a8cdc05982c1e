/* SPDX-License-Identifier: Apache-2.0 */
/* One bench a thread: made at first use, wiped after each batch, freed with the thread. Edge. */
#include "vault/worker.h"

#include <pthread.h>
#include <stdlib.h>

#include "vault/memory.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t slot;
static bool slot_made;

static void worker_free(void *at)
{
    struct worker *w = at;
    crypto_free(w->crypto);
    locked_free(w, sizeof *w);
}

static void make_slot(void)
{
    slot_made = pthread_key_create(&slot, worker_free) == 0;
}

/* The thread that ends the process does not run its thread destructors. */
static void free_last(void)
{
    struct worker *w = pthread_getspecific(slot);
    if (w && pthread_setspecific(slot, NULL) == 0)
        worker_free(w);
}

static void at_exit(void)
{
    (void)atexit(free_last);
}

static enum tsm_err worker_new(struct worker **out)
{
    static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
    struct worker *w = NULL;
    enum tsm_err e;
    TRY(locked_new(sizeof *w, (void **)&w));
    e = crypto_new(&w->crypto);
    pthread_once(&exit_once, at_exit); /* after OpenSSL's own, so that it runs before it */
    if (e == TSM_OK && pthread_setspecific(slot, w) != 0)
        e = FAIL(NO_MEMORY, "no thread storage for the vault");
    if (e != TSM_OK) {
        worker_free(w);
        return e;
    }
    *out = w;
    return TSM_OK;
}

enum tsm_err worker_get(struct worker **out)
{
    struct worker *w;
    pthread_once(&once, make_slot);
    NEED(slot_made, NO_MEMORY);
    w = pthread_getspecific(slot);
    if (!w)
        TRY(worker_new(&w));
    *out = w;
    return TSM_OK;
}

void worker_rest(struct worker *w)
{
    struct crypto *c;
    if (!w)
        return;
    c = w->crypto;
    explicit_bzero(w, sizeof *w);
    w->crypto = c;
    crypto_forget(c);
}
