/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database of many secure elements, each with a sealed SCP80 key set and a counter, made by bulk insert
 * through the store. Bench only. The keys of a card follow from its id, so that the card's side of a packet
 * needs no table.
 */
#ifndef TSM_BENCH_FLEET_H
#define TSM_BENCH_FLEET_H

#include "bench.h"
#include "store/store.h"

enum {
    FLEET_SIZE = 1000000,
    FLEET_PARTY = 7,
    FLEET_PROTOCOL = 0x80,
    FLEET_KVN = 1,
    FLEET_PLAIN = 4 + 3 * 16, /* a key set as it stands under the seal */
};

struct fleet {
    char ours[PATH_ROOM + 64], bare[PATH_ROOM + 64]; /* two copies: one for each side of a row */
    size_t n;
    int64_t *se;                           /* ids, ascending */
    double bytes_per_se, bytes_per_keyset; /* of the file, indexes included; the counter counts with its SE */
    double flat_se, flat_keyset;           /* the columns' own bytes, without a database */
    double rows_per_s;                     /* of the bulk insert */
};
/* Made at the first call of a run. */
enum tsm_err fleet_get(struct bench *b, struct fleet **out);
void fleet_drop(struct fleet *f); /* NULL is legal */

/* Adds n elements of this owner and profile to the database of a house, without key sets; ICCID and MSISDN as
 * fleet_iccid says. */
struct fleet_owner {
    const char *path, *party, *profile;
};
enum tsm_err fleet_add(const struct fleet_owner *owner, size_t n);
enum { ICCID_ROOM = 40 };
const char *fleet_iccid(size_t i, char text[ICCID_ROOM]);

/* Key set `id` in the form under the seal: protocol, version, algorithm, length, KIc, KID, KIK. */
void fleet_keys(int64_t id, uint8_t plain[FLEET_PLAIN]);
/* The id of the key set of an SE: no table is asked. */
static inline int64_t fleet_keyset_id(int64_t se)
{
    return se + 1;
}

#endif
