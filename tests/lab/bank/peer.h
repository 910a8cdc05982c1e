/* SPDX-License-Identifier: Apache-2.0 */
/* Scripted peers of the handset and the bank on loopback: an HTTP server, with TLS if wanted, and a software
 * element. Each runs in a thread of the test and notes what came. */
#ifndef TESTS_LAB_BANK_PEER_H
#define TESTS_LAB_BANK_PEER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { PEER_MAX_REQUESTS = 32, PEER_MAX_TEXT = 4096, PEER_MAX_URL = 64 };

struct peer_answer {
    int status; /* 0: the connection is closed without an answer */
    const char *body;
};

struct http_peer {
    const struct peer_answer *script;
    size_t script_len; /* further requests are answered 404 */
    char url[PEER_MAX_URL];
    char requests[PEER_MAX_REQUESTS][PEER_MAX_TEXT]; /* "METHOD TARGET BODY" */
    long long times[PEER_MAX_REQUESTS];              /* milliseconds */
    size_t count;
    unsigned connections;
    SSL_CTX *tls;
    int socket;
    pthread_t thread;
};

/* ca_file: NULL for plain http, else a path where the certificate to trust is written. */
void http_peer_start(struct http_peer *p, const struct peer_answer *script, size_t len, const char *ca_file);
void http_peer_stop(struct http_peer *p);

struct element_peer {
    const char *const *answers; /* R-APDUs in hex, in order; NULL: the connection is closed */
    size_t answers_len;
    char address[PEER_MAX_URL];
    char commands[PEER_MAX_REQUESTS][PEER_MAX_TEXT]; /* C-APDUs in hex */
    size_t count;
    unsigned connections, power_offs;
    int socket;
    pthread_t thread;
};

void element_peer_start(struct element_peer *p, const char *const *answers, size_t len);
void element_peer_stop(struct element_peer *p);

#endif
