/* SPDX-License-Identifier: Apache-2.0 */
/* The server's TLS context and the identity of a client certificate. Stations 1 and 2. Edge. [RFC 8446, RFC
 * 5280] */
#ifndef TSM_HTTP_TLS_TLS_H
#define TSM_HTTP_TLS_TLS_H

#include <openssl/ssl.h>
#include <pthread.h>

#include "http/server.h"

enum { PEER_NAME_MAX = 128, PEER_PRINT = 65, PEER_CACHE = 256 };

/* Who is behind a client certificate: common name, else first DNS name; SHA-256 of the DER in hex. */
struct peer {
    char name[PEER_NAME_MAX], fingerprint[PEER_PRINT];
};

/* Reading a name out of a certificate costs more than a request: done once a certificate, remembered by
 * fingerprint. */
struct peer_cache {
    pthread_mutex_t lock;
    struct peer at[PEER_CACHE];
};

/* TLS 1.2 or newer, AEAD suites, ALPN http/1.1, one ticket a session; owned by the caller (SSL_CTX_free). IO
 * names the file that could not be read; BAD_VALUE when certificate and key do not belong together. */
enum tsm_err tls_context(const struct http_tls *config, SSL_CTX **out);

void peer_cache_init(struct peer_cache *c);
void peer_cache_drop(struct peer_cache *c);
/* The peer of a finished handshake; NOT_FOUND when it showed no certificate. */
enum tsm_err peer_read(struct peer_cache *c, const SSL *ssl, struct peer *out);

#endif
