/* SPDX-License-Identifier: Apache-2.0 */
/* Scripted peers of the handset and the bank on loopback: an HTTP server, with TLS if wanted, and a software
 * element. */
#include "peer.h"

#include "handset/hex.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static int listen_on_loopback(unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

/* ---- HTTP ---- */

struct stream {
    int fd;
    SSL *tls;
};

static int stream_read(struct stream *s, char *at, size_t len)
{
    return s->tls ? SSL_read(s->tls, at, (int)len) : (int)recv(s->fd, at, len, 0);
}

static void stream_write(struct stream *s, const char *at, size_t len)
{
    if (s->tls)
        SSL_write(s->tls, at, (int)len);
    else
        send(s->fd, at, len, MSG_NOSIGNAL);
}

/* One request whose head and body fit the buffer; notes its line and body. */
static bool read_request(struct http_peer *p, struct stream *s)
{
    char text[PEER_MAX_TEXT], *end = NULL, *length;
    size_t len = 0, need = 0;
    struct timespec t;
    while (!end || len < need) {
        int n = len < sizeof text - 1 ? stream_read(s, text + len, sizeof text - 1 - len) : 0;
        if (n <= 0)
            return false;
        len += (size_t)n;
        text[len] = '\0';
        end = strstr(text, "\r\n\r\n");
        length = end ? strcasestr(text, "Content-Length:") : NULL;
        need = end ? (size_t)(end + 4 - text) + (length ? strtoul(length + 15, NULL, 10) : 0) : 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &t);
    char *line_end = strstr(text, " HTTP/1.1");
    if (p->count < PEER_MAX_REQUESTS && line_end) {
        *line_end = '\0';
        p->times[p->count] = (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
        snprintf(p->requests[p->count++], PEER_MAX_TEXT, "%.1000s %.3000s", text, end + 4);
    }
    return true;
}

static bool answer(struct http_peer *p, struct stream *s)
{
    char head[256];
    const struct peer_answer none = {404, "{}"};
    const struct peer_answer *a = p->count <= p->script_len ? &p->script[p->count - 1] : &none;
    if (a->status == 0)
        return false;
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                     a->status, strlen(a->body));
    stream_write(s, head, (size_t)n);
    stream_write(s, a->body, strlen(a->body));
    return true;
}

static void *serve_http(void *user)
{
    struct http_peer *p = user;
    for (int fd; (fd = accept(p->socket, NULL, NULL)) >= 0; close(fd)) {
        struct stream s = {fd, p->tls ? SSL_new(p->tls) : NULL};
        p->connections++;
        bool good = !s.tls || (SSL_set_fd(s.tls, fd) == 1 && SSL_accept(s.tls) == 1);
        while (good)
            good = read_request(p, &s) && answer(p, &s);
        SSL_free(s.tls);
    }
    return NULL;
}

/* A self-signed certificate for 127.0.0.1 that is server certificate and trust anchor at once. */
static SSL_CTX *make_tls(const char *ca_file)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME *name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"loopback", -1, -1, 0);
    X509_set_issuer_name(cert, name);
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(cert, san, -1);
    X509_EXTENSION_free(san);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    FILE *f = fopen(ca_file, "we");
    assert_non_null(f);
    PEM_write_X509(f, cert);
    fclose(f);
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    assert_int_equal(SSL_CTX_use_certificate(tls, cert), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(tls, key), 1);
    X509_free(cert);
    EVP_PKEY_free(key);
    return tls;
}

void http_peer_start(struct http_peer *p, const struct peer_answer *script, size_t len, const char *ca_file)
{
    unsigned port;
    memset(p, 0, sizeof *p);
    p->script = script;
    p->script_len = len;
    p->tls = ca_file ? make_tls(ca_file) : NULL;
    p->socket = listen_on_loopback(&port);
    snprintf(p->url, sizeof p->url, "http%s://127.0.0.1:%u", ca_file ? "s" : "", port);
    assert_int_equal(pthread_create(&p->thread, NULL, serve_http, p), 0);
}

void http_peer_stop(struct http_peer *p)
{
    shutdown(p->socket, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->socket);
    SSL_CTX_free(p->tls);
}

/* ---- element ---- */

static bool receive(int fd, uint8_t *at, size_t len)
{
    return len == 0 || recv(fd, at, len, MSG_WAITALL) == (ssize_t)len;
}

static bool send_frame(int fd, const uint8_t *at, size_t len)
{
    uint8_t frame[PEER_MAX_TEXT] = {(uint8_t)(len >> 8), (uint8_t)len};
    memcpy(frame + 2, at, len);
    return send(fd, frame, 2 + len, MSG_NOSIGNAL) == (ssize_t)(2 + len);
}

static bool play_apdu(struct element_peer *p, int fd, const uint8_t *apdu, size_t len)
{
    uint8_t rapdu[PEER_MAX_TEXT];
    if (p->count >= p->answers_len || p->count >= PEER_MAX_REQUESTS)
        return false;
    hs_hex_write(apdu, len, p->commands[p->count]);
    const char *hex = p->answers[p->count++];
    return hex && send_frame(fd, rapdu, (size_t)hs_hex_read(hex, rapdu, sizeof rapdu - 2));
}

static bool play_frame(struct element_peer *p, int fd)
{
    static const uint8_t atr[] = {0x3B, 0x00};
    uint8_t head[2], message[PEER_MAX_TEXT / 2 - 1];
    if (!receive(fd, head, 2))
        return false;
    size_t len = (size_t)head[0] << 8 | head[1];
    if (len > sizeof message || !receive(fd, message, len))
        return false;
    if (len > 1)
        return play_apdu(p, fd, message, len);
    if (message[0] == 0x00)
        p->power_offs++;
    return message[0] != 0x04 || send_frame(fd, atr, sizeof atr);
}

static void *serve_element(void *user)
{
    struct element_peer *p = user;
    for (int fd; (fd = accept(p->socket, NULL, NULL)) >= 0; close(fd)) {
        p->connections++;
        while (play_frame(p, fd))
            continue;
    }
    return NULL;
}

void element_peer_start(struct element_peer *p, const char *const *answers, size_t len)
{
    unsigned port;
    memset(p, 0, sizeof *p);
    p->answers = answers;
    p->answers_len = len;
    p->socket = listen_on_loopback(&port);
    snprintf(p->address, sizeof p->address, "127.0.0.1:%u", port);
    assert_int_equal(pthread_create(&p->thread, NULL, serve_element, p), 0);
}

void element_peer_stop(struct element_peer *p)
{
    shutdown(p->socket, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->socket);
}
