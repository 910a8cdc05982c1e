/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank spos`: the provider's online system, which the TSM tells of the ends of processes. Shared by
 * the files of this folder. Edge. [BSI TR-03165 4.3] */
#ifndef LAB_BANK_SPOS_SPOS_H
#define LAB_BANK_SPOS_SPOS_H

#include <jansson.h>
#include <openssl/ssl.h>
#include <stdbool.h>

#include "bank/listen/callback.h"

enum { SPOS_REQUEST_MS = 5000, SPOS_CLIENT_MAX = 128 };

/* ---- judge.c ---- */

/* Is this a ProcessResult, with all its attributes and no other? Else NULL becomes a sentence. */
const char *spos_judge(const json_t *result);

/* ---- door.c ---- */

/* One request over mutual TLS: head and body are in the caller's buffer of CALLBACK_MAX_HEAD +
 * CALLBACK_MAX_BODY octets, client is the common name of the peer's certificate. */
struct spos_request {
    struct callback_head head;
    const char *body;
    int refusal; /* HTTP status, 0: well-formed */
    char client[SPOS_CLIENT_MAX];
};
struct spos_files {
    const char *cert, *key, *client_ca;
};
/* NULL after a message on standard error. */
SSL_CTX *spos_door_open(const struct spos_files *files);
/* Handshake and one request; NULL when there is nothing to answer (no certificate, no request in time). */
SSL *spos_door_take(SSL_CTX *door, int fd, char *buffer, struct spos_request *out);
/* Answers and ends the connection; status 0 ends it without an answer. */
void spos_door_answer(SSL *ssl, int status);

#endif
