/* SPDX-License-Identifier: Apache-2.0 */
/* A database of many secure elements by bulk insert, in two copies. Bench only. */
#include "fleet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vault/keys/handover.h"

enum { CHUNK = 50000, FIRST_MSISDN = 100000, KEYSET_LIVE = 1 };

/* A permutation of the id, so that no two cards share a key. */
void fleet_keys(int64_t id, uint8_t plain[FLEET_PLAIN])
{
    struct writer w = {plain, 0, FLEET_PLAIN};
    uint64_t x = (uint64_t)id;
    memcpy(plain, (uint8_t[]){FLEET_PROTOCOL, FLEET_KVN, CIPHER_AES, 16}, 4);
    w.len = 4;
    while (w.len < FLEET_PLAIN) {
        x += 0x9E3779B97F4A7C15u;
        (void)write_u64(&w, (x ^ x >> 31) * 0xBF58476D1CE4E5B9u);
    }
}

/* What is being inserted: rows from..to of one table. */
struct load {
    struct fleet *f;
    struct vault_party *vault;
    size_t from, to;
    int64_t owner, profile;
    const struct fleet_owner *names;
};

const char *fleet_iccid(size_t i, char text[ICCID_ROOM])
{
    snprintf(text, ICCID_ROOM, "8949000000%010zu", i);
    return text;
}

static enum tsm_err load_elements(struct tx *tx, void *arg)
{
    struct load *l = arg;
    for (size_t i = l->from; i < l->to; i++) {
        char iccid[ICCID_ROOM], msisdn[ICCID_ROOM];
        snprintf(msisdn, sizeof msisdn, "49170%07zu", i + FIRST_MSISDN);
        TRY(db_exec(tx, SQL_SE_ADD, l->f->se[i], l->owner, l->profile, fleet_iccid(i, iccid),
                    (const char *)NULL, msisdn, (int64_t)0));
        TRY(db_exec(tx, SQL_COUNTER_TAKE, fleet_keyset_id(l->f->se[i])));
    }
    return TSM_OK;
}

static enum tsm_err load_keysets(struct tx *tx, void *arg)
{
    struct load *l = arg;
    for (size_t i = l->from; i < l->to; i++) {
        int64_t id = fleet_keyset_id(l->f->se[i]);
        uint8_t plain[FLEET_PLAIN], sealed[SEALED_KEYSET_MAX];
        struct writer blob = WRITER(sealed);
        struct import_row row = {
            {FLEET_PROTOCOL, FLEET_KVN, CIPHER_AES, 16}, BYTES_OF(plain + 4, 48), BYTES_NONE, BYTES_NONE};
        fleet_keys(id, plain);
        TRY(vault_import_clear(l->vault, &row, (struct keyset_target){(uint64_t)id, &blob, NULL}));
        TRY(db_exec(tx, SQL_KEYSET_ADD, l->f->se[i], (int64_t)FLEET_PARTY, (int64_t)FLEET_PROTOCOL,
                    (int64_t)FLEET_KVN, id, (int64_t)KEYSET_LIVE, written(&blob)));
    }
    return TSM_OK;
}

static enum tsm_err load_all(struct store *s, store_unit unit, struct load *l)
{
    for (l->from = 0; l->from < l->f->n; l->from = l->to) {
        l->to = l->from + CHUNK < l->f->n ? l->from + CHUNK : l->f->n;
        TRY(store_write(s, unit, l));
    }
    return TSM_OK;
}

/* Opens the store, runs the units if any, closes it (the log is then in the file) and tells the file's size.
 */
static enum tsm_err grow(const char *path, struct load *l, store_unit unit, double *size)
{
    char url[PATH_ROOM + 80];
    struct store_config config = {.url = url, .clock = &clock_real, .node = 1};
    struct store *s;
    struct stat st;
    enum tsm_err e = TSM_OK;
    snprintf(url, sizeof url, "sqlite:%s", path);
    TRY(store_open(&config, &s));
    if (unit == load_elements)
        for (size_t i = 0, first = (size_t)store_id(s); i < l->f->n; i++)
            l->f->se[i] = (int64_t)(first + 2 * i);
    if (unit)
        e = load_all(s, unit, l);
    store_close(s);
    TRY(e);
    NEED(stat(path, &st) == 0, IO);
    *size = (double)st.st_size;
    return TSM_OK;
}

static enum tsm_err find_owner(struct tx *tx, void *arg)
{
    struct load *l = arg;
    ROWS party = {0};
    ROWS profile = {0};
    TRY(db_first(tx, &party, SQL_PARTY_BY_NAME, l->names->party));
    TRY(db_first(tx, &profile, SQL_PROFILE_BY_NAME, l->names->profile));
    l->owner = db_int(&party, 0);
    l->profile = db_int(&profile, 0);
    return TSM_OK;
}

enum tsm_err fleet_add(const struct fleet_owner *owner, size_t n)
{
    struct fleet f = {.n = n, .se = calloc(n, sizeof *f.se)};
    struct load l = {.f = &f, .names = owner};
    double size;
    enum tsm_err e =
        f.se ? grow(owner->path, &l, find_owner, &size) : FAIL(NO_MEMORY, "no memory for a fleet");
    if (e == TSM_OK)
        e = grow(owner->path, &l, load_elements, &size);
    free(f.se);
    return e;
}

static enum tsm_err copy(const char *from, const char *to)
{
    char command[2 * PATH_ROOM + 200];
    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    return system(command) == 0 ? TSM_OK : FAIL(IO, "%s failed", command);
}

/* The columns of a row as plain bytes: what any database must hold at least. */
static void flat_sizes(struct fleet *f)
{
    f->flat_se = 8 + 8 + 8 + 20 + 12 + 1 + (8 + 5);              /* se, and counter */
    f->flat_keyset = 8 + 8 + 1 + 1 + 8 + 1 + SEAL_OVERHEAD + 52; /* keyset */
}

static enum tsm_err fill(struct bench *b, struct fleet *f)
{
    struct load l = {.f = f, .owner = FLEET_PARTY, .profile = 1};
    double empty, with_se, with_keys, from = seconds_now();
    TRY(bench_vault(b, &l.vault));
    snprintf(f->ours, sizeof f->ours, "%s", bench_path(b, "ours.db"));
    snprintf(f->bare, sizeof f->bare, "%s", bench_path(b, "bare.db"));
    f->se = calloc(f->n, sizeof *f->se);
    NEED(f->se != NULL, NO_MEMORY);
    TRY(grow(f->ours, &l, NULL, &empty));
    TRY(grow(f->ours, &l, load_elements, &with_se));
    TRY(grow(f->ours, &l, load_keysets, &with_keys));
    f->bytes_per_se = (with_se - empty) / (double)f->n;
    f->bytes_per_keyset = (with_keys - with_se) / (double)f->n;
    f->rows_per_s = 3 * (double)f->n / (seconds_now() - from);
    flat_sizes(f);
    return copy(f->ours, f->bare);
}

enum tsm_err fleet_get(struct bench *b, struct fleet **out)
{
    if (!b->fleet) {
        struct fleet *f = calloc(1, sizeof *f);
        enum tsm_err e;
        NEED(f != NULL, NO_MEMORY);
        f->n = FLEET_SIZE;
        e = fill(b, f);
        if (e != TSM_OK) {
            fleet_drop(f);
            return e;
        }
        b->fleet = f;
    }
    *out = b->fleet;
    return TSM_OK;
}

void fleet_drop(struct fleet *f)
{
    if (f)
        free(f->se);
    free(f);
}
