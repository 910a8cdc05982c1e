/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a run, and a laboratory party on a SoftHSM token in it. Bench only. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "fleet.h"
#include "vault/party.h"
#include "vault/token/token.h"

#define TOKEN_URI "pkcs11:token=bench"
#define PIN       "bench-pin-4711"

const char *bench_path(const struct bench *b, const char *name)
{
    enum { KEPT = 4 };
    static char paths[KEPT][PATH_ROOM + 64];
    static unsigned next;
    char *path = paths[next++ % KEPT];
    snprintf(path, sizeof paths[0], "%s/%s", b->folder, name);
    return path;
}

enum tsm_err bench_begin(struct bench *b, const char *where)
{
    snprintf(b->folder, sizeof b->folder, "%s/run-XXXXXX", where);
    if (!mkdtemp(b->folder)) {
        b->folder[0] = 0;
        return FAIL(IO, "no folder can be made in %s", where);
    }
    return TSM_OK;
}

static int drop(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s;
    (void)type;
    (void)at;
    return remove(path);
}

void bench_end(struct bench *b)
{
    fleet_drop(b->fleet);
    vault_close(b->vault);
    if (b->folder[0])
        nftw(b->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static struct secret pin(void)
{
    struct secret s = {0};
    (void)secret_set(&s, bytes_of_text(PIN));
    return s;
}

static enum tsm_err make_token(const struct bench *b)
{
    struct token_where where;
    struct secret so = pin(), user = pin();
    FILE *f = fopen(bench_path(b, "softhsm2.conf"), "w");
    NEED(f != NULL, IO);
    fprintf(f, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
            bench_path(b, "tokens"));
    fclose(f);
    NEED(mkdir(bench_path(b, "tokens"), S_IRWXU) == 0, IO);
    NEED(setenv("SOFTHSM2_CONF", bench_path(b, "softhsm2.conf"), 1) == 0, IO);
    TRY(token_where_read(TOKEN_URI, &where));
    return vault_init_token(&where, &so, &user);
}

enum tsm_err bench_vault(struct bench *b, struct vault_party **out)
{
    struct vault_settings settings = {TOKEN_URI, true};
    struct secret p = pin();
    if (!b->vault) {
        TRY(make_token(b));
        TRY(vault_prepare(&settings, &p));
        p = pin();
        TRY(vault_open(&settings, &p, &b->vault));
    }
    *out = b->vault;
    return TSM_OK;
}

enum tsm_err bench_data_key(struct bench *b, uint8_t key[DATA_KEY_LEN])
{
    struct vault_party *p;
    TRY(bench_vault(b, &p));
    memcpy(key, p->keys[p->newest].sub[SEAL_KEYSET], DATA_KEY_LEN);
    return TSM_OK;
}
