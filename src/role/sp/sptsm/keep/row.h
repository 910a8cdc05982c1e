/* SPDX-License-Identifier: Apache-2.0 */
/* Entities as rows: found by the id that the provider sees, with what they refer to. Stations 2 and 3. Role.
 * [TR-03165 4.1.4] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_ROW_H
#define TSM_ROLE_SP_SPTSM_KEEP_ROW_H

#include "role/sp/sptsm/model/judge.h"
#include "store/store.h"

enum { UID_ROOM = UUID_TEXT_LEN + 1, ITEM_NAME_ROOM = 80 };

struct tr_row {
    int64_t id, party, parent; /* party: 0 for secure component profiles, which are everybody's */
    enum tr_kind kind;
    bool published;
    char uid[UID_ROOM];
};

/* A new UUID. CRYPTO_FAILED. */
enum tsm_err row_uid(char out[UID_ROOM]);

/* By the id (versions: the tag) within its parent; NOT_FOUND also where it is another provider's. body may be
 * NULL; else owned by the caller. */
struct tr_wanted {
    int64_t party, parent;
    enum tr_kind kind;
    const char *name;
};
enum tsm_err row_find(struct tx *tx, const struct tr_wanted *wanted, struct tr_row *out, json_t **body);
enum tsm_err row_load(struct tx *tx, int64_t id, struct tr_row *out, json_t **body);

enum tsm_err row_add(struct tx *tx, const struct tr_row *row, const json_t *body);
enum tsm_err row_set(struct tx *tx, int64_t id, const json_t *body);
/* Writes anew what the entity refers to. BAD_VALUE with a refusal (1009) where something does not exist. */
enum tsm_err row_refer(struct tx *tx, const struct tr_row *row, const json_t *body, struct refusal *refusal);
/* The entity, its links and its file. */
enum tsm_err row_delete(struct tx *tx, int64_t id);

/* Rows of (id, uid, body) of a statement with up to two numbers, in memory, so that others can run meanwhile.
 */
struct tr_item {
    int64_t id;
    char uid[ITEM_NAME_ROOM]; /* or a name */
    json_t *body;
};
struct tr_items {
    struct tr_item *at; /* owned: items_drop */
    size_t n;
};
enum tsm_err items_of_one(struct tx *tx, enum sql_id statement, int64_t a, struct tr_items *out);
enum tsm_err items_of_two(struct tx *tx, enum sql_id statement, int64_t a, int64_t b, struct tr_items *out);
void items_drop(struct tr_items *items);
#define ITEMS __attribute__((cleanup(items_drop))) struct tr_items

void json_drop(json_t **value);
#define JSON __attribute__((cleanup(json_drop))) json_t

#endif
