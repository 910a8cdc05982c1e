/* SPDX-License-Identifier: Apache-2.0 */
/* Orders as bare rows. Bench only; includes nothing of src/. */
#include "bare/store/accept.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "bare/crypto/crypto.h"

enum { TOKEN, SERVICE, FIND, INSTANCE, ORDER, JOB, EVENT, LAST, AUDIT, USAGE };
enum { PARTY = 2, STEP = 8, DATA_MAX = 4096, ICCID_KIND = 0, JOB_ORDER = 3, READY = 1, STATION = 3 };

bool bare_accept_open(struct bare_accept *a, const char *path, const struct bare_accept_sql *sql)
{
    const char *texts[BARE_ACCEPT_STATEMENTS] = {sql->token, sql->service, sql->find,  sql->instance,
                                                 sql->order, sql->job,     sql->event, sql->last,
                                                 sql->audit, sql->usage};
    a->db = bare_lite_open(path);
    if (!a->db)
        return false;
    a->id = 1LL << 40;
    a->begin = bare_lite_prepare(a->db, "BEGIN IMMEDIATE");
    a->commit = bare_lite_prepare(a->db, "COMMIT");
    for (int i = 0; i < BARE_ACCEPT_STATEMENTS; i++) {
        a->stmt[i] = bare_lite_prepare(a->db, texts[i]);
        if (!a->stmt[i])
            return false;
    }
    return a->begin && a->commit;
}

void bare_accept_close(struct bare_accept *a)
{
    sqlite3_finalize(a->begin);
    sqlite3_finalize(a->commit);
    for (int i = 0; i < BARE_ACCEPT_STATEMENTS; i++)
        sqlite3_finalize(a->stmt[i]);
    sqlite3_close(a->db);
}

/* What an order of this client looks like. */
struct order {
    int64_t id, instance, now;
    char iccid[24], key[32];
    uint8_t trace[16], digest[32];
};

static bool look(struct bare_accept *a, const struct order *o)
{
    return bare_lite_bind(a->stmt[TOKEN], "b", o->digest, (int)sizeof o->digest) &&
           bare_lite_run(a->stmt[TOKEN]) &&
           bare_lite_bind(a->stmt[SERVICE], "it", (int64_t)PARTY, "demo-payment") &&
           bare_lite_run(a->stmt[SERVICE]) &&
           bare_lite_bind(a->stmt[FIND], "iiit", (int64_t)PARTY, (int64_t)1, (int64_t)ICCID_KIND, o->iccid) &&
           bare_lite_run(a->stmt[FIND]);
}

static bool store(struct bare_accept *a, const struct order *o, const char *data, int data_len)
{
    const int64_t none = 0, party = PARTY;
    return bare_lite_bind(a->stmt[INSTANCE], "iiiiitibbi", o->instance, party, (int64_t)1, none, none,
                          o->iccid, none, "", 0, "", 0, none) &&
           bare_lite_run(a->stmt[INSTANCE]) &&
           bare_lite_bind(a->stmt[ORDER], "iitiittitbtbbitiii", o->id, party, NULL, none, o->instance,
                          "demo-payment", "", none, o->iccid, o->trace, 16, "", o->digest, 32, data, data_len,
                          none, "", o->now, o->now, o->now) &&
           bare_lite_run(a->stmt[ORDER]) &&
           bare_lite_bind(a->stmt[JOB], "iiiiiibtiiiibbb", o->id + 1, none, (int64_t)JOB_ORDER, party, none,
                          o->id, o->trace, 16, NULL, (int64_t)READY, none, o->now, o->now, "", 0, "", 0, "",
                          0) &&
           bare_lite_run(a->stmt[JOB]) &&
           bare_lite_bind(a->stmt[EVENT], "iibiitttt", o->id + 2, party, o->trace, 16, o->now,
                          (int64_t)STATION, "sp", "ACCEPTED",
                          "order deploy of service demo-payment on the secure element with iccid", "") &&
           bare_lite_run(a->stmt[EVENT]);
}

/* The leaf is chained to the one before, as an audit must be. */
static bool audit(struct bare_accept *a, const struct order *o)
{
    uint8_t chain[32 + 96] = {0}, hash[32];
    int64_t seq = 1;
    if (sqlite3_step(a->stmt[LAST]) == SQLITE_ROW) {
        seq = sqlite3_column_int64(a->stmt[LAST], 0) + 1;
        memcpy(chain, sqlite3_column_blob(a->stmt[LAST], 1), 32);
    }
    memcpy(chain + 32, o->trace, 16);
    SHA256(chain, sizeof chain, hash);
    return sqlite3_reset(a->stmt[LAST]) == SQLITE_OK &&
           bare_lite_bind(a->stmt[AUDIT], "iiibttb", seq, (int64_t)PARTY, o->now, o->trace, 16,
                          "order.accepted", "{\"order\":\"1234567890123456789\",\"operation\":\"deploy\"}",
                          hash, 32) &&
           bare_lite_run(a->stmt[AUDIT]) &&
           bare_lite_bind(a->stmt[USAGE], "iitbiti", o->id + 3, (int64_t)PARTY, o->key, o->trace, 16, o->now,
                          "deploy", (int64_t)1) &&
           bare_lite_run(a->stmt[USAGE]);
}

double bare_accept_run(struct bare_accept *a, size_t n, size_t batch, size_t data_len)
{
    char data[DATA_MAX];
    double from = bare_now();
    if (data_len > sizeof data)
        return -1;
    memset(data, 'A', sizeof data);
    for (size_t i = 0; i < n; i++, a->id += STEP) {
        struct order o = {.id = a->id, .instance = a->id + 4, .now = a->id};
        snprintf(o.iccid, sizeof o.iccid, "%lld", (long long)a->id);
        snprintf(o.key, sizeof o.key, "order:%lld", (long long)a->id);
        memcpy(o.trace, &a->id, sizeof a->id);
        if ((i % batch == 0 && !bare_lite_run(a->begin)) || !look(a, &o) ||
            !store(a, &o, data, (int)data_len) || !audit(a, &o) ||
            ((i % batch == batch - 1 || i == n - 1) && !bare_lite_run(a->commit)))
            return -1;
    }
    return bare_now() - from;
}
