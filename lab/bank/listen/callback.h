/* SPDX-License-Identifier: Apache-2.0 */
/* One callback request as the bank's receiver reads it, strictly. Pure. [RFC 9112 2-6] */
#ifndef LAB_BANK_LISTEN_CALLBACK_H
#define LAB_BANK_LISTEN_CALLBACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    CALLBACK_MAX_HEAD = 8192,
    CALLBACK_MAX_BODY = 65536,
    CALLBACK_MAX_KEY = 200,
    CALLBACK_MAX_TARGET = 512,
};

struct callback_head {
    char target[CALLBACK_MAX_TARGET + 1];
    char key[CALLBACK_MAX_KEY + 1]; /* Idempotency-Key */
    size_t body_len;
};

/* Where the head ends in the bytes so far: the offset behind the empty line, 0 when it is not all there. */
size_t callback_head_end(const char *at, size_t len);

/* Reads a head that callback_head_end found; it is cut up in place. Returns 0, or the status to refuse with.
 */
int callback_read_head(char *at, size_t len, struct callback_head *out);

/* Deliveries by Idempotency-Key, in order of arrival. */
struct callback_log {
    json_t *seen; /* key -> number of deliveries */
    unsigned deliveries, duplicates;
};

/* Counts a delivery; true when its key was there before. */
bool callback_count(struct callback_log *log, const char *key);

#endif
