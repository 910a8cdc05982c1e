/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator of a test, linked in place of malloc and its kin (--wrap), counts down to a failure. Test
 * code. */
#include "scarce.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t n);
char *__wrap_strdup(const char *text);

static atomic_uint left; /* allocations until one fails, counting that one; 0: none does */
static atomic_uint failed;
static bool for_good;

/* Has this allocation failed? */
static bool refuse(void)
{
    unsigned n = atomic_load(&left);
    while (n && !atomic_compare_exchange_weak(&left, &n, n == 1 && for_good ? 1 : n - 1))
        continue;
    if (n != 1)
        return false;
    atomic_fetch_add(&failed, 1);
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return refuse() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return refuse() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t n)
{
    return refuse() ? NULL : __real_realloc(at, n);
}

char *__wrap_strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    char *out = __wrap_malloc(n);
    return out ? memcpy(out, text, n) : NULL;
}

void *scarce_malloc(size_t n)
{
    return __wrap_malloc(n);
}

void *scarce_realloc(void *at, size_t n)
{
    return __wrap_realloc(at, n);
}

static void *crypto_take(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_malloc(n);
}

static void *crypto_more(void *at, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_realloc(at, n);
}

static void crypto_give(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

bool scarce_set_up(void)
{
    json_memory(free);
    return CRYPTO_set_mem_functions(crypto_take, crypto_more, crypto_give) == 1;
}

bool scarce_next(struct scarce_sweep *s)
{
    if (s->n && !s->failed) {
        if (s->lasting)
            return false;
        s->lasting = true;
        s->n = 0;
    }
    s->n = s->n ? s->n + (s->stride ? s->stride : 1) : 1;
    for_good = s->lasting;
    atomic_store(&failed, 0);
    atomic_store(&left, s->n);
    return true;
}

void scarce_end(struct scarce_sweep *s)
{
    atomic_store(&left, 0);
    s->failed = atomic_exchange(&failed, 0) > 0;
}
