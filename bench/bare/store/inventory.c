/* SPDX-License-Identifier: Apache-2.0 */
/* Elements as bare rows, and questions about them. Bench only; includes nothing of src/. */
#include "bare/store/inventory.h"

#include <stdio.h>
#include <string.h>

#include "bare/crypto/crypto.h"

enum { BY_NAME, ELEMENT, KEYSET, BY_ICCID, WHOLE, BOOKED, PROFILE };
enum {
    PARTY = 1,
    PEER = 2,
    PROTOCOL = 0x80,
    LIVE = 1,
    KEYS = 3,
    KCV = 3,
    OUT = 0,
    IN = 1,
    DONE = 2,
    VERB = 0
};

bool bare_inventory_open(struct bare_inventory *b, const char *path, const struct bare_inventory_sql *sql)
{
    const char *texts[BARE_INVENTORY_STATEMENTS] = {
        sql->owner_by_iccid, sql->element, sql->keyset, sql->by_iccid, sql->whole, sql->booked, sql->profile};
    b->db = bare_lite_open(path);
    if (!b->db)
        return false;
    b->id = 1LL << 40;
    b->begin = bare_lite_prepare(b->db, "BEGIN IMMEDIATE");
    b->read = bare_lite_prepare(b->db, "BEGIN");
    b->commit = bare_lite_prepare(b->db, "COMMIT");
    for (int i = 0; i < BARE_INVENTORY_STATEMENTS; i++) {
        b->stmt[i] = bare_lite_prepare(b->db, texts[i]);
        if (!b->stmt[i])
            return false;
    }
    b->open = EVP_CIPHER_CTX_new();
    b->seal = EVP_CIPHER_CTX_new();
    b->block = EVP_CIPHER_CTX_new();
    return b->begin && b->read && b->commit && b->open && b->seal && b->block;
}

void bare_inventory_close(struct bare_inventory *b)
{
    sqlite3_finalize(b->begin);
    sqlite3_finalize(b->read);
    sqlite3_finalize(b->commit);
    for (int i = 0; i < BARE_INVENTORY_STATEMENTS; i++)
        sqlite3_finalize(b->stmt[i]);
    sqlite3_close(b->db);
    EVP_CIPHER_CTX_free(b->open);
    EVP_CIPHER_CTX_free(b->seal);
    EVP_CIPHER_CTX_free(b->block);
}

/* One pass of GCM over a key set; to open it costs what to seal it costs. */
static bool gcm(EVP_CIPHER_CTX *ctx, const uint8_t nonce[BARE_NONCE], const uint8_t *in, uint8_t *out,
                uint8_t tag[BARE_TAG])
{
    static const uint8_t aad[20];
    int n;
    return EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, nonce) &&
           EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof aad) &&
           EVP_EncryptUpdate(ctx, out, &n, in, BARE_PLAIN) && EVP_EncryptFinal_ex(ctx, out + n, &n) &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, BARE_TAG, tag);
}

static bool keys(struct bare_inventory *b, uint8_t plain[BARE_PLAIN], uint8_t kcvs[KEYS * KCV],
                 uint8_t blob[BARE_BLOB])
{
    uint8_t ones[BARE_KEY], out[BARE_KEY], tag[BARE_TAG];
    int n;
    memset(ones, 1, sizeof ones);
    if (!gcm(b->open, plain, plain, plain, tag))
        return false;
    for (int i = 0; i < KEYS; i++) {
        if (!EVP_EncryptInit_ex(b->block, NULL, NULL, plain + 4 + i * BARE_KEY, NULL) ||
            !EVP_EncryptUpdate(b->block, out, &n, ones, sizeof ones))
            return false;
        memcpy(kcvs + i * KCV, out, KCV);
    }
    return gcm(b->seal, plain, plain, blob + 1 + BARE_NONCE, blob + BARE_BLOB - BARE_TAG);
}

static bool import_one(struct bare_inventory *b)
{
    uint8_t plain[BARE_PLAIN] = {(uint8_t)b->id, (uint8_t)(b->id >> 8), (uint8_t)(b->id >> 16)};
    uint8_t kcvs[KEYS * KCV], blob[BARE_BLOB] = {1};
    char iccid[40], msisdn[40];
    int64_t id = b->id++, none = 0;
    snprintf(iccid, sizeof iccid, "8949999%013lld", (long long)id);
    snprintf(msisdn, sizeof msisdn, "49%013lld", (long long)id);
    return keys(b, plain, kcvs, blob) && bare_lite_bind(b->stmt[BY_NAME], "t", iccid) &&
           bare_lite_run(b->stmt[BY_NAME]) &&
           bare_lite_bind(b->stmt[ELEMENT], "iiitttttiii", id, (int64_t)PARTY, (int64_t)1, iccid, NULL, NULL,
                          NULL, msisdn, none, none, none) &&
           bare_lite_run(b->stmt[ELEMENT]) &&
           bare_lite_bind(b->stmt[KEYSET], "iiiiiibb", id, (int64_t)PARTY, (int64_t)PROTOCOL, (int64_t)1, id,
                          (int64_t)LIVE, blob, (int)sizeof blob, kcvs, (int)sizeof kcvs) &&
           bare_lite_run(b->stmt[KEYSET]);
}

double bare_inventory_import(struct bare_inventory *b, size_t n, size_t batch)
{
    static const uint8_t key[BARE_DATA_KEY];
    double from = bare_now();
    bool ok = EVP_EncryptInit_ex(b->open, EVP_aes_256_gcm(), NULL, key, NULL) &&
              EVP_EncryptInit_ex(b->seal, EVP_aes_256_gcm(), NULL, key, NULL) &&
              EVP_EncryptInit_ex(b->block, EVP_aes_128_ecb(), NULL, NULL, NULL);
    for (size_t i = 0; ok && i < n; i++) {
        if (i % batch == 0)
            ok = bare_lite_run(b->begin);
        ok = ok && import_one(b);
        if (i % batch == batch - 1 || i + 1 == n)
            ok = ok && bare_lite_run(b->commit);
    }
    return ok ? bare_now() - from : -1;
}

static bool ask_one(struct bare_inventory *b, const char *iccid)
{
    int64_t id = b->id++;
    return bare_lite_run(b->read) && bare_lite_bind(b->stmt[BY_ICCID], "ti", iccid, (int64_t)PARTY) &&
           bare_lite_run(b->stmt[BY_ICCID]) && bare_lite_bind(b->stmt[WHOLE], "i", id) &&
           bare_lite_run(b->stmt[WHOLE]) && bare_lite_bind(b->stmt[BOOKED], "ii", id, id) &&
           bare_lite_run(b->stmt[BOOKED]) && bare_lite_bind(b->stmt[PROFILE], "i", (int64_t)1) &&
           bare_lite_run(b->stmt[PROFILE]) && bare_lite_run(b->commit);
}

double bare_inventory_ask(struct bare_inventory *b, size_t n, void (*iccid)(size_t i, char text[40]))
{
    double from = bare_now();
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        char name[40];
        iccid(i, name);
        ok = ask_one(b, name);
    }
    return ok ? bare_now() - from : -1;
}
