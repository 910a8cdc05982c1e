/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the online system: TLS with a client certificate, one request a connection. Edge. [RFC 8446,
 * RFC 9112] */
#include "bank/spos/spos.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

SSL_CTX *spos_door_open(const struct spos_files *f)
{
    SSL_CTX *c = SSL_CTX_new(TLS_server_method());
    bool good = c && SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1 &&
                SSL_CTX_use_certificate_chain_file(c, f->cert) == 1 &&
                SSL_CTX_use_PrivateKey_file(c, f->key, SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_load_verify_locations(c, f->client_ca, NULL) == 1;
    if (good) {
        SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(c, 0); /* every visitor shows its certificate */
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        return c;
    }
    fprintf(stderr, "bank: the certificate, its key or the clients' CA cannot be read\n");
    ERR_print_errors_fp(stderr);
    SSL_CTX_free(c);
    return NULL;
}

static void read_client(SSL *ssl, char out[SPOS_CLIENT_MAX])
{
    X509 *x = SSL_get1_peer_certificate(ssl);
    *out = '\0';
    if (x)
        X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out, SPOS_CLIENT_MAX);
    X509_free(x);
}

static bool read_more(SSL *ssl, char *buffer, size_t *len, size_t cap)
{
    size_t n = 0;
    if (*len == cap || SSL_read_ex(ssl, buffer + *len, cap - *len, &n) != 1)
        return false;
    *len += n;
    return true;
}

/* Each read has the time of the whole request: a peer that drips is a guest of the laboratory alone. */
static bool read_request(SSL *ssl, char *buffer, struct spos_request *out)
{
    size_t len = 0, end;
    while ((end = callback_head_end(buffer, len)) == 0)
        if (!read_more(ssl, buffer, &len, CALLBACK_MAX_HEAD))
            return false;
    out->refusal = callback_read_head(buffer, end, &out->head);
    while (!out->refusal && len < end + out->head.body_len)
        if (!read_more(ssl, buffer, &len, CALLBACK_MAX_HEAD + CALLBACK_MAX_BODY))
            return false;
    out->body = buffer + end;
    return true;
}

SSL *spos_door_take(SSL_CTX *door, int fd, char *buffer, struct spos_request *out)
{
    struct timeval limit = {.tv_sec = SPOS_REQUEST_MS / 1000};
    SSL *ssl = SSL_new(door);
    *out = (struct spos_request){.body = NULL};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (ssl && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1 && read_request(ssl, buffer, out)) {
        read_client(ssl, out->client);
        return ssl;
    }
    ERR_clear_error();
    SSL_free(ssl);
    return NULL;
}

void spos_door_answer(SSL *ssl, int status)
{
    char text[128];
    int n = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                     status, status == 200 ? "OK" : "Refused");
    if (status && SSL_write(ssl, text, n) == n)
        SSL_shutdown(ssl);
    ERR_clear_error();
    SSL_free(ssl);
}
