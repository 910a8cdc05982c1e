/* SPDX-License-Identifier: Apache-2.0 */
/* The identity of a client certificate, read once a certificate and remembered by its SHA-256. Station 2.
 * Edge. [RFC 5280 4.1.2.6, 4.2.1.6] */
#include "http/tls/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/hex.h"

void peer_cache_init(struct peer_cache *c)
{
    memset(c->at, 0, sizeof c->at);
    pthread_mutex_init(&c->lock, NULL);
}

void peer_cache_drop(struct peer_cache *c)
{
    pthread_mutex_destroy(&c->lock);
}

/* A name that we can compare as text: UTF-8 without NUL or control characters, so that "bank\0.evil" is no
 * "bank". */
static bool keep_name(const ASN1_STRING *s, char out[PEER_NAME_MAX])
{
    unsigned char *utf8 = NULL;
    int n = s ? ASN1_STRING_to_UTF8(&utf8, s) : -1;
    bool good = n > 0 && n < PEER_NAME_MAX;
    for (int i = 0; good && i < n; i++)
        good = utf8[i] >= 0x20 && utf8[i] != 0x7F;
    if (good) {
        memcpy(out, utf8, (size_t)n);
        out[n] = 0;
    }
    OPENSSL_free(utf8);
    return good;
}

static bool common_name(X509 *cert, char out[PEER_NAME_MAX])
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    /* Two common names are no name. */
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return false;
    return keep_name(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), out);
}

static bool first_dns_name(X509 *cert, char out[PEER_NAME_MAX])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    bool found = false;
    for (int i = 0; names && !found && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
        found = n->type == GEN_DNS && keep_name(n->d.dNSName, out);
    }
    GENERAL_NAMES_free(names);
    return found;
}

static void read_name(X509 *cert, struct peer *p)
{
    if (!common_name(cert, p->name) && !first_dns_name(cert, p->name))
        p->name[0] = 0;
}

enum tsm_err peer_read(struct peer_cache *c, const SSL *ssl, struct peer *out)
{
    X509 *cert = SSL_get0_peer_certificate(ssl);
    uint8_t digest[32];
    unsigned n = sizeof digest;
    struct peer p = {0}, *slot;
    bool known;
    if (!cert)
        return TSM_NOT_FOUND;
    NEED(X509_digest(cert, EVP_sha256(), digest, &n) == 1 && n == sizeof digest, CRYPTO_FAILED);
    hex_text(BYTES(digest), p.fingerprint);
    slot = &c->at[digest[0]];
    pthread_mutex_lock(&c->lock);
    known = !strcmp(slot->fingerprint, p.fingerprint);
    if (known)
        p = *slot;
    pthread_mutex_unlock(&c->lock);
    if (!known) {
        read_name(cert, &p);
        pthread_mutex_lock(&c->lock);
        *slot = p;
        pthread_mutex_unlock(&c->lock);
    }
    ERR_clear_error();
    *out = p;
    return TSM_OK;
}
