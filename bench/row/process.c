/* SPDX-License-Identifier: Apache-2.0 */
/* Rows start_ms, rss_idle, rss_1m_se: tsmd's start and memory beside a bare process that opens the same.
 * Bench only. */
#include <string.h>

#include "fleet.h"
#include "net.h"
#include "server.h"
#include "vault/token/token.h"

enum {
    STARTS = 5,
    GOAL_START_MS = 200,
    GOAL_IDLE_MIB = 32,
    GOAL_FLEET_MIB = 128,
    GOAL_GROWTH = 100, /* bytes per SE */
    LOOKUPS = 20000,
    CONNECTIONS = 8,
    MIB = 1024 * 1024,
};

static enum tsm_err start_bare(const struct bench *b, struct server *s)
{
    char program[PATH_ROOM + 32], db[PATH_ROOM + 32], cert[PATH_ROOM + 32], key[PATH_ROOM + 32];
    char pins[3][PATH_ROOM + 32], softhsm[PATH_ROOM + 32], line[PROGRAM_LINE_MAX];
    static const char *const parties[3] = {"operator", "bank", "other"};
    char *argv[] = {program, db, cert, key, TOKEN_MODULE_DEFAULT, pins[0], pins[1], pins[2], NULL};
    NEED(b->tools != NULL && b->house != NULL, UNSUPPORTED);
    snprintf(program, sizeof program, "%s/bare-start", b->tools);
    snprintf(db, sizeof db, "%s/tsm.db", b->house);
    snprintf(cert, sizeof cert, "%s/tls/opentsm.pem", b->house);
    snprintf(key, sizeof key, "%s/tls/opentsm.key", b->house);
    for (int i = 0; i < 3; i++)
        snprintf(pins[i], sizeof pins[i], "%s/pins/%s.pin", b->house, parties[i]);
    snprintf(softhsm, sizeof softhsm, "%s/softhsm2.conf", b->house);
    NEED(setenv("SOFTHSM2_CONF", softhsm, 1) == 0, NO_MEMORY);
    return program_start(b, argv, line, s);
}

/* One start: how long, and how much memory it takes when it is up. */
static enum tsm_err one_start(const struct bench *b,
                              enum tsm_err (*start)(const struct bench *b, struct server *s), double *ms,
                              double *bytes)
{
    struct server s = {0};
    enum tsm_err e;
    TRY(start(b, &s));
    *ms = s.ready_s * 1000;
    e = server_memory(&s, bytes);
    server_stop(&s);
    return e;
}

struct starts {
    double ours_ms, bare_ms, spread, ours_bytes, bare_bytes;
};

static enum tsm_err measure_starts(const struct bench *b, struct starts *out)
{
    double ms[2][STARTS], bytes[2][STARTS];
    for (int i = 0; i < STARTS; i++) {
        TRY(one_start(b, server_start, &ms[0][i], &bytes[0][i]));
        TRY(one_start(b, start_bare, &ms[1][i], &bytes[1][i]));
    }
    out->ours_ms = median(ms[0], STARTS);
    out->bare_ms = median(ms[1], STARTS);
    out->spread = (ms[0][STARTS - 1] - ms[0][0]) / out->ours_ms;
    out->ours_bytes = median(bytes[0], STARTS);
    out->bare_bytes = median(bytes[1], STARTS);
    return TSM_OK;
}

static void say_memory(const struct bench *b, const char *name, double ours, double bare, int goal)
{
    struct result out = {
        .name = name, .unit = "MiB", .value = ours / MIB, .limit = bare / MIB, .ratio = bare / ours};
    out.met = out.value <= goal;
    snprintf(out.goal, sizeof out.goal, "<= %d MiB", goal);
    snprintf(out.how, sizeof out.how,
             "resident memory of tsmd with all roles and three tokens, idle after its start; bare: a process "
             "with the "
             "same database, certificate and tokens open (ratio: bare / ours)");
    report(b, &out);
}

static void say_start(const struct bench *b, const struct starts *s)
{
    struct result out = {.name = "start_ms",
                         .unit = "ms",
                         .value = s->ours_ms,
                         .limit = s->bare_ms,
                         .ratio = s->bare_ms / s->ours_ms,
                         .spread = s->spread,
                         .met = s->ours_ms <= GOAL_START_MS};
    snprintf(out.goal, sizeof out.goal, "<= %d ms", GOAL_START_MS);
    snprintf(out.how, sizeof out.how,
             "tsmd from exec to the line that tells its ports, token self-tests included, median of %d; "
             "bare: a process "
             "that opens the same database, certificate and tokens (ratio: bare / ours)",
             STARTS);
    report(b, &out);
}

struct lookups {
    char token[128];
};

static size_t make_lookup(void *self, size_t i, char *request)
{
    const struct lookups *l = self;
    char iccid[ICCID_ROOM];
    return (size_t)snprintf(
        request, NET_REQUEST_MAX,
        "GET /api/v1/secure-elements/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
        "%s\r\n\r\n",
        fleet_iccid(i * 7919 % FLEET_SIZE, iccid), l->token);
}

/* All over the inventory, so that caches fill as they do in service. */
static enum tsm_err look_up(const struct bench *b, const struct server *s)
{
    struct lookups l;
    struct load load = {.port = s->api_port,
                        .connections = CONNECTIONS,
                        .n = LOOKUPS,
                        .make = make_lookup,
                        .self = &l,
                        .status = 200};
    struct load_result r;
    char ca[PATH_ROOM + 64];
    enum tsm_err e;
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", b->house);
    TRY(house_read(b, "token.operator", l.token, sizeof l.token));
    TRY(net_tls(ca, &load.tls));
    e = load_run(&load, &r);
    SSL_CTX_free(load.tls);
    return e;
}

static enum tsm_err fleet_memory(const struct bench *b, double *bytes)
{
    char path[PATH_ROOM + 32];
    struct fleet_owner owner = {path, "operator", "lab-uicc"};
    struct server s = {0};
    enum tsm_err e;
    snprintf(path, sizeof path, "%s/tsm.db", b->house);
    TRY(fleet_add(&owner, FLEET_SIZE));
    TRY(server_start(b, &s));
    e = look_up(b, &s);
    if (e == TSM_OK)
        e = server_memory(&s, bytes);
    server_stop(&s);
    return e;
}

static void say_fleet(const struct bench *b, double bytes, double idle)
{
    double growth = (bytes - idle) / FLEET_SIZE;
    struct result out = {.name = "rss_1m_se",
                         .unit = "MiB",
                         .value = bytes / MIB,
                         .limit = idle / MIB,
                         .ratio = idle / bytes,
                         .met = bytes <= (double)GOAL_FLEET_MIB * MIB && growth < GOAL_GROWTH};
    snprintf(out.goal, sizeof out.goal, "<= %d MiB and growth < %d bytes per SE", GOAL_FLEET_MIB,
             GOAL_GROWTH);
    snprintf(out.how, sizeof out.how,
             "resident memory of tsmd with %d SEs after %d look-ups all over them: %.1f bytes per SE more "
             "than idle; "
             "limit: tsmd idle without them (ratio: limit / ours)",
             FLEET_SIZE, LOOKUPS, growth);
    report(b, &out);
}

enum tsm_err row_process(struct bench *b)
{
    struct starts s;
    double bytes;
    TRY(measure_starts(b, &s));
    say_start(b, &s);
    say_memory(b, "rss_idle", s.ours_bytes, s.bare_bytes, GOAL_IDLE_MIB);
    TRY(fleet_memory(b, &bytes));
    say_fleet(b, bytes, s.ours_bytes);
    return TSM_OK;
}
