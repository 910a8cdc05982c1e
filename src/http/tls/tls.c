/* SPDX-License-Identifier: Apache-2.0 */
/* The server's TLS context: versions, suites, tickets, ALPN, client certificates. Station 1. Edge. [RFC 8446,
 * RFC 7301]
 */
#include "http/tls/tls.h"

#include <openssl/err.h>
#include <string.h>

enum { CHAIN_DEPTH_MAX = 4 };

/* TLS 1.2 suites with forward secrecy and AEAD alone; TLS 1.3 has no others. */
static const char suites_1_2[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
/* Sessions are bound to what this listener asks of its clients. */
static const unsigned char session_context[] = "opentsm-http";

/* A client that offers protocols and not http/1.1 is refused [RFC 7301 3.2]; one that offers none is taken.
 */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *arg)
{
    struct reader r = READER(BYTES_OF(in, in_len));
    struct bytes offer;
    (void)ssl;
    (void)arg;
    while (read_lv(&r, &offer) == TSM_OK) {
        if (!bytes_equal(offer, bytes_of_text("http/1.1")))
            continue;
        *out = offer.at;
        *out_len = (unsigned char)offer.len;
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static enum tsm_err load_identity(SSL_CTX *ctx, const struct http_tls *config)
{
    if (!config->cert_file || SSL_CTX_use_certificate_chain_file(ctx, config->cert_file) != 1)
        return FAIL(IO, "the certificate file %s cannot be read", config->cert_file ? config->cert_file : "");
    if (!config->key_file || SSL_CTX_use_PrivateKey_file(ctx, config->key_file, SSL_FILETYPE_PEM) != 1)
        return FAIL(IO, "the key file %s cannot be read", config->key_file ? config->key_file : "");
    if (SSL_CTX_check_private_key(ctx) != 1)
        return FAIL(BAD_VALUE, "certificate %s and key %s do not belong together", config->cert_file,
                    config->key_file);
    return TSM_OK;
}

static enum tsm_err ask_for_certificates(SSL_CTX *ctx, const struct http_tls *config)
{
    int mode = SSL_VERIFY_PEER;
    STACK_OF(X509_NAME) * names;
    if (config->client_cert == HTTP_CERT_NONE)
        return TSM_OK;
    if (!config->client_ca_file || SSL_CTX_load_verify_file(ctx, config->client_ca_file) != 1)
        return FAIL(IO, "the client CA file %s cannot be read",
                    config->client_ca_file ? config->client_ca_file : "");
    names = SSL_load_client_CA_file(config->client_ca_file);
    if (!names)
        return FAIL(IO, "the client CA file %s holds no certificate", config->client_ca_file);
    SSL_CTX_set_client_CA_list(ctx, names);
    if (config->client_cert == HTTP_CERT_REQUIRED)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ctx, mode, NULL);
    SSL_CTX_set_verify_depth(ctx, CHAIN_DEPTH_MAX);
    return TSM_OK;
}

static enum tsm_err set_up(SSL_CTX *ctx, const struct http_tls *config)
{
    NEED(SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1, CRYPTO_FAILED);
    NEED(SSL_CTX_set_cipher_list(ctx, suites_1_2) == 1, CRYPTO_FAILED);
    NEED(SSL_CTX_set_session_id_context(ctx, session_context, sizeof session_context - 1) == 1,
         CRYPTO_FAILED);
    NEED(SSL_CTX_set_num_tickets(ctx, 1) == 1, CRYPTO_FAILED);
    SSL_CTX_set_options(ctx,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_read_ahead(ctx, 1); /* head and body of a record by one call of the system */
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Tickets carry the session; a cache on our side would only be memory that strangers fill. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    TRY(load_identity(ctx, config));
    return ask_for_certificates(ctx, config);
}

enum tsm_err tls_context(const struct http_tls *config, SSL_CTX **out)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    enum tsm_err e;
    NEED(ctx, NO_MEMORY);
    e = set_up(ctx, config);
    ERR_clear_error();
    if (e != TSM_OK) {
        SSL_CTX_free(ctx);
        return e;
    }
    *out = ctx;
    return TSM_OK;
}
