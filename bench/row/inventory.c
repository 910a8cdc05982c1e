/* SPDX-License-Identifier: Apache-2.0 */
/* Rows inventory_import and eligibility_p99: the owner's inventory over the server's addresses, with a
 * million elements. Bench only. Stations 1 and 4. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bare/store/inventory.h"
#include "base/crypto.h"
#include "base/hex.h"
#include "base/json.h"
#include "fleet.h"
#include "net.h"
#include "server.h"
#include "vault/jose/jwe.h"

enum {
    LINES = 20000, /* a round */
    LINE_ROOM = 420,
    BATCH = 500, /* as the server commits */
    GOAL_RATE = 20000,
    QUESTIONS = 5000, /* a round */
    CONNECTIONS = 4,
    GOAL_P99_MS = 5,
    KEYS_LEN = 48,
    STEP = 7919, /* a prime: questions go all over the inventory */
};

struct inventory_row {
    const struct bench *b;
    struct server server;
    SSL_CTX *tls;
    struct net *net;
    char bank[128], operator[128], *text;
    struct crypto *crypto;
    struct cipher_key file_key;
    char jwe[1024];
    size_t next; /* the next new element */
    struct bare_inventory bare;
    double p50[ROUNDS_MAX], p99[ROUNDS_MAX];
    unsigned rounds;
};

/* --- import --- */

static enum tsm_err add_line(struct inventory_row *r, size_t number, size_t *len)
{
    uint8_t keys[KEYS_LEN], sealed[GCM_NONCE + KEYS_LEN + GCM_TAG] = {(uint8_t)number, (uint8_t)(number >> 8),
                                                                      (uint8_t)(number >> 16)};
    char iccid[24], hex[2 * sizeof sealed + 1];
    for (size_t i = 0; i < sizeof keys; i++)
        keys[i] = (uint8_t)(number * 31 + i * 7);
    snprintf(iccid, sizeof iccid, "8949777%013zu", number);
    TRY(crypto_gcm_seal(&r->file_key, (struct gcm){BYTES_OF(sealed, GCM_NONCE), bytes_of_text(iccid)},
                        BYTES(keys), sealed + GCM_NONCE, sealed + GCM_NONCE + KEYS_LEN));
    *len +=
        (size_t)snprintf(r->text + *len, LINE_ROOM,
                         "{\"iccid\":\"%s\",\"msisdn\":\"4977%011zu\",\"profile\":\"lab-uicc\",\"protocol\":"
                         "\"scp80\",\"kvn\":1,\"sealed\":\"%s\"}\n",
                         iccid, number, hex_text(BYTES(sealed), hex));
    return TSM_OK;
}

static enum tsm_err make_file(struct inventory_row *r, size_t n, size_t *len)
{
    size_t head, body = 0;
    char *body_text = r->text;
    r->text += LINE_ROOM * 4;
    body = (size_t)snprintf(r->text, LINE_ROOM * 4, "{\"file_key\":\"%s\"}\n", r->jwe);
    for (size_t i = 0; i < n; i++)
        TRY(add_line(r, r->next++, &body));
    head = (size_t)snprintf(
        body_text, LINE_ROOM * 4,
        "POST /api/v1/secure-elements HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/x-ndjson\r\nContent-Length: %zu\r\n\r\n",
        r->operator, body);
    memmove(body_text + head, r->text, body);
    r->text = body_text;
    *len = head + body;
    return TSM_OK;
}

static enum tsm_err import_ours(void *self, size_t n, double *seconds)
{
    struct inventory_row *r = self;
    char wanted[32];
    double from;
    size_t len;
    int status;
    TRY(make_file(r, n, &len));
    from = seconds_now();
    TRY(net_ask(r->net, r->text, len, &status));
    *seconds = seconds_now() - from;
    snprintf(wanted, sizeof wanted, "\"added\":%zu,", n);
    return status == 200 && strstr(r->net->body, wanted) ? TSM_OK
                                                         : FAIL(PEER_REFUSED, "import: %.200s", r->net->body);
}

static enum tsm_err import_bare(void *self, size_t n, double *seconds)
{
    struct inventory_row *r = self;
    *seconds = bare_inventory_import(&r->bare, n, BATCH);
    return *seconds >= 0 ? TSM_OK : FAIL(DATABASE, "bare import");
}

static enum tsm_err get_import_key(struct inventory_row *r)
{
    static const uint8_t key[32] = {0x42};
    char request[400];
    int status, len = snprintf(request, sizeof request,
                               "GET /api/v1/import-key HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                               "%s\r\n\r\n",
                               r->operator);
    struct writer out = {(uint8_t *)r->jwe, 0, sizeof r->jwe};
    json_t *jwk;
    enum tsm_err e;
    TRY(net_ask(r->net, request, (size_t)len, &status));
    NEED(status == 200, PEER_REFUSED);
    TRY(json_read(bytes_of_text(r->net->body), &jwk));
    e = vault_jwe_seal(jwk, (struct jwe_content){BYTES(key), NULL}, &out);
    json_decref(jwk);
    TRY(e);
    r->jwe[out.len] = 0;
    TRY(crypto_new(&r->crypto));
    return crypto_key(r->crypto, CIPHER_AES, BYTES(key), &r->file_key);
}

static enum tsm_err measure_import(struct inventory_row *r)
{
    struct pair pair = {{import_ours, r}, {import_bare, r}, LINES, true};
    struct measured m;
    struct result out;
    TRY(get_import_key(r));
    r->text = malloc((size_t)LINE_ROOM * (LINES + 16));
    NEED(r->text != NULL, NO_MEMORY);
    TRY(measure(r->b, &pair, &m));
    out = result_of("inventory_import", "1/s", &m);
    out.met = out.value >= GOAL_RATE;
    snprintf(out.goal, sizeof out.goal, ">= %d rows/s", GOAL_RATE);
    snprintf(out.how, sizeof out.how,
             "POST /api/v1/secure-elements over TLS, NDJSON, %d lines a file, keys under one file key, check "
             "values "
             "computed, SQLite FULL; bare: one thread, GCM open, three check values, GCM seal, the same two "
             "rows by "
             "the same SQL, a commit for %d, without HTTP, TLS and JSON",
             LINES, BATCH);
    report(r->b, &out);
    return TSM_OK;
}

/* --- eligibility --- */

static void any_iccid(size_t i, char text[40])
{
    (void)fleet_iccid(i * STEP % FLEET_SIZE, text);
}

static size_t make_question(void *self, size_t i, char *request)
{
    const struct inventory_row *r = self;
    char body[160], iccid[40];
    int len;
    any_iccid(i, iccid);
    len = snprintf(body, sizeof body, "{\"service\":\"demo-payment\",\"se\":{\"iccid\":\"%s\"}}", iccid);
    return (size_t)snprintf(
        request, NET_REQUEST_MAX,
        "POST /api/v1/eligibility HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        r->bank, len, body);
}

static enum tsm_err ask_ours(void *self, size_t n, double *seconds)
{
    struct inventory_row *r = self;
    struct load load = {r->tls, r->server.api_port, CONNECTIONS, n, make_question, r, 200};
    struct load_result result;
    TRY(load_run(&load, &result));
    r->p50[r->rounds] = result.p50;
    r->p99[r->rounds++] = result.p99;
    *seconds = result.seconds;
    return TSM_OK;
}

static enum tsm_err ask_bare(void *self, size_t n, double *seconds)
{
    struct inventory_row *r = self;
    *seconds = bare_inventory_ask(&r->bare, n, any_iccid);
    return *seconds >= 0 ? TSM_OK : FAIL(DATABASE, "bare questions");
}

static enum tsm_err measure_eligibility(struct inventory_row *r)
{
    struct pair pair = {{ask_ours, r}, {ask_bare, r}, QUESTIONS, true};
    struct measured m;
    struct result out = {.name = "eligibility_p99", .unit = "ms"};
    double p50;
    TRY(measure(r->b, &pair, &m));
    p50 = median(r->p50, r->rounds) * 1000;
    out.value = median(r->p99, r->rounds) * 1000;
    out.limit = 1000 / m.bare;
    out.ratio = out.limit / out.value;
    out.fdatasync = m.fdatasync;
    out.met = out.value < GOAL_P99_MS;
    snprintf(out.goal, sizeof out.goal, "p99 < %d ms", GOAL_P99_MS);
    snprintf(out.how, sizeof out.how,
             "POST /api/v1/eligibility over TLS, %d connections, %d SEs in the inventory: p50 %.2f ms, %.0f "
             "answers/s; "
             "bare: one thread, the same look-ups by the same SQL, the mean (ratio: bare / ours)",
             CONNECTIONS, FLEET_SIZE, p50, m.ours);
    report(r->b, &out);
    return TSM_OK;
}

/* --- both --- */

static enum tsm_err open_bare(struct inventory_row *r)
{
    char command[3 * PATH_ROOM], path[PATH_ROOM + 64];
    struct bare_inventory_sql sql = {.owner_by_iccid = sql_table[SQL_SE_OWNER_BY_ICCID].text,
                                     .element = sql_table[SQL_SE_IMPORT].text,
                                     .keyset = sql_table[SQL_KEYSET_IMPORT].text,
                                     .by_iccid = sql_table[SQL_SE_BY_ICCID].text,
                                     .whole = sql_table[SQL_SE_WHOLE].text,
                                     .booked = sql_table[SQL_BOOKING_SUM].text,
                                     .profile = sql_table[SQL_PROFILE_BY_ID].text};
    snprintf(path, sizeof path, "%s", bench_path(r->b, "inventory.db"));
    snprintf(command, sizeof command, "cp '%s/tsm.db' '%s'", r->b->house, path);
    NEED(system(command) == 0, IO);
    NEED(bare_inventory_open(&r->bare, path, &sql), DATABASE);
    return TSM_OK;
}

static enum tsm_err prepare(struct inventory_row *r)
{
    char path[PATH_ROOM + 32], ca[PATH_ROOM + 64];
    struct fleet_owner owner = {path, "operator", "lab-uicc"};
    enum tsm_err e;
    NEED(r->b->house != NULL, UNSUPPORTED);
    snprintf(path, sizeof path, "%s/tsm.db", r->b->house);
    e = fleet_add(&owner, FLEET_SIZE);
    if (e != TSM_OK && e != TSM_UNIQUE) /* another row has made them */
        return e;
    TRY(open_bare(r));
    TRY(house_read(r->b, "token.bank", r->bank, sizeof r->bank));
    TRY(house_read(r->b, "token.operator", r->operator, sizeof r->operator));
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", r->b->house);
    TRY(net_tls(ca, &r->tls));
    return server_start(r->b, &r->server);
}

enum tsm_err row_inventory(struct bench *b)
{
    struct inventory_row *r = calloc(1, sizeof *r);
    struct net *net = calloc(1, sizeof *net);
    enum tsm_err e = r && net ? TSM_OK : FAIL(NO_MEMORY, "no memory for a row");
    if (e == TSM_OK) {
        r->b = b;
        r->net = net;
        e = prepare(r);
    }
    if (e == TSM_OK)
        e = measure_eligibility(r);
    if (e == TSM_OK)
        e = net_open(r->tls, r->server.api_port, r->net);
    if (e == TSM_OK)
        e = measure_import(r);
    if (r) {
        net_close(net);
        server_stop(&r->server);
        SSL_CTX_free(r->tls);
        bare_inventory_close(&r->bare);
        crypto_free(r->crypto);
        free(r->text);
    }
    free(net);
    free(r);
    return e;
}
