/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for the TLS tests: EC P-256, valid from an hour ago for a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "certs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct issuer {
    X509 *cert;
    EVP_PKEY *key;
};

static void save_key(EVP_PKEY *key, const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(f);
}

static void save_cert(X509 *cert, const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(PEM_write_X509(f, cert), 1);
    fclose(f);
}

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(x);
    X509_add_ext(cert, x, -1);
    X509_EXTENSION_free(x);
}

/* A certificate; `by` NULL signs it with its own key. */
static struct issuer make(const char *cn, const char *alt, const struct issuer *by)
{
    static long serial = 1;
    struct issuer me = {X509_new(), EVP_EC_gen("P-256")};
    X509_NAME *name = X509_NAME_new();
    assert_non_null(me.key);
    ASN1_INTEGER_set(X509_get_serialNumber(me.cert), serial++);
    X509_set_version(me.cert, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(me.cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(me.cert), 86400);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Test", -1, -1, 0);
    if (cn)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
    X509_set_subject_name(me.cert, name);
    X509_set_issuer_name(me.cert, by ? X509_get_subject_name(by->cert) : name);
    X509_set_pubkey(me.cert, me.key);
    add_extension(me.cert, NID_basic_constraints, by || alt ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (alt)
        add_extension(me.cert, NID_subject_alt_name, alt);
    assert_true(X509_sign(me.cert, by ? by->key : me.key, EVP_sha256()) > 0);
    X509_NAME_free(name);
    return me;
}

static void drop(struct issuer *i)
{
    X509_free(i->cert);
    EVP_PKEY_free(i->key);
}

static void path_of(const struct certs *c, const char *name, char out[CERT_PATH])
{
    snprintf(out, CERT_PATH, "%s/%s", c->dir, name);
}

static void save(struct certs *c, struct issuer *i, const char *name, char *cert, char *key)
{
    char file[32];
    snprintf(file, sizeof file, "%s.pem", name);
    path_of(c, file, cert);
    snprintf(file, sizeof file, "%s.key", name);
    path_of(c, file, key);
    save_cert(i->cert, cert);
    save_key(i->key, key);
    drop(i);
}

void certs_make(struct certs *c)
{
    struct issuer ca = make("Test CA", NULL, NULL), i;
    memset(c, 0, sizeof *c);
    snprintf(c->dir, sizeof c->dir, "/tmp/tsm-certs-XXXXXX");
    assert_non_null(mkdtemp(c->dir));
    path_of(c, "ca.pem", c->ca);
    save_cert(ca.cert, c->ca);
    i = make("localhost", "IP:127.0.0.1,DNS:localhost", &ca);
    save(c, &i, "server", c->server, c->server_key);
    i = make("bank-a", "DNS:bank-a.example", &ca);
    save(c, &i, "client", c->client, c->client_key);
    i = make(NULL, "DNS:bank-b.example", &ca);
    save(c, &i, "nameless", c->nameless, c->nameless_key);
    i = make("bank-a", "DNS:bank-a.example", NULL);
    save(c, &i, "stranger", c->stranger, c->stranger_key);
    drop(&ca);
}

void certs_remove(struct certs *c)
{
    const char *files[] = {c->ca,       c->server,       c->server_key, c->client,      c->client_key,
                           c->nameless, c->nameless_key, c->stranger,   c->stranger_key};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir(c->dir);
}
