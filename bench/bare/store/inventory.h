/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limits of the inventory. Import: one thread that opens each line's keys under one file key,
 * computes three check values, seals the set and inserts the server's two rows by its own statements, a
 * commit a batch; no file format. Eligibility: the server's own look-ups, the two rows of a partner message,
 * a commit for as many as ask at once; no HTTP, no TLS, no JSON. Bench only; includes nothing of src/.
 */
#ifndef TSM_BENCH_BARE_INVENTORY_H
#define TSM_BENCH_BARE_INVENTORY_H

#include <openssl/evp.h>

#include "bare/store/lite.h"

enum { BARE_INVENTORY_STATEMENTS = 7 };

/* Texts of the statements; the first three are the import's. */
struct bare_inventory_sql {
    const char *owner_by_iccid, *element, *keyset;
    const char *by_iccid, *whole, *booked, *profile;
};

struct bare_inventory {
    sqlite3 *db;
    sqlite3_stmt *begin, *read, *commit, *stmt[BARE_INVENTORY_STATEMENTS];
    EVP_CIPHER_CTX *open, *seal, *block;
    int64_t id; /* the next one */
};
bool bare_inventory_open(struct bare_inventory *b, const char *path, const struct bare_inventory_sql *sql);
void bare_inventory_close(struct bare_inventory *b);
/* n new elements, `batch` in a commit; seconds, below 0 on failure. */
double bare_inventory_import(struct bare_inventory *b, size_t n, size_t batch);
/* n questions about elements that are there; iccid(i) names them. */
double bare_inventory_ask(struct bare_inventory *b, size_t n, void (*iccid)(size_t i, char text[40]));

#endif
