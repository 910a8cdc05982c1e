/* SPDX-License-Identifier: Apache-2.0 */
/* Authorities in PEM files: those of off-card certificates are read, the card's own is written (no station);
 * edge; RFC 7468. */
#include "card/certificate/trust.h"

#include "card/certificate/issue.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define CURVE_NAME_MAX 64

static bool take_key(const EVP_PKEY *key, struct asym_key *to)
{
    uint8_t point[ECKA_MAX_POINT], curve;
    char name[CURVE_NAME_MAX];
    size_t n;

    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, NULL) == 1 &&
           ecka_curve_by_name(name, &curve) &&
           EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof point,
                                           &n) == 1 &&
           ecka_point(curve, point, n, to);
}

static bool take(const EVP_PKEY *key, const ASN1_OCTET_STRING *id, struct trusted *to)
{
    if (key == NULL || !take_key(key, &to->key))
        return false;
    to->id_len = id == NULL ? KEY_IDENTIFIER_LEN : (size_t)ASN1_STRING_length(id);
    if (id == NULL)
        return issue_key_identifier(&to->key, to->id);
    if (to->id_len > sizeof to->id)
        return false;
    memcpy(to->id, ASN1_STRING_get0_data(id), to->id_len);
    return true;
}

static size_t read_certificates(FILE *file, struct trusted to[TRUST_MAX])
{
    size_t count = 0;
    bool ok = true;
    X509 *c;

    while (ok && count < TRUST_MAX && (c = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
        ok = take(X509_get0_pubkey(c), X509_get0_subject_key_id(c), &to[count]) &&
             to[count].key.curve == to[0].key.curve;
        X509_free(c);
        count += ok;
    }
    return ok ? count : 0;
}

size_t trust_read(const char *path, struct trusted to[TRUST_MAX])
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = NULL;
    size_t count = 0;

    if (file != NULL) {
        count = read_certificates(file, to);
        rewind(file);
        if (count == 0)
            key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
        if (key != NULL && take(key, NULL, &to[0]))
            count = 1;
        EVP_PKEY_free(key);
        fclose(file);
    }
    if (count == 0)
        fprintf(stderr, "card: %s holds no certificate or public key on a curve of GPCS Table B-2\n", path);
    return count;
}

bool trust_write(const char *path, const uint8_t *der, size_t n)
{
    FILE *file = fopen(path, "w");
    bool ok = file != NULL && PEM_write(file, "CERTIFICATE", "", der, (long)n) > 0;

    if (file != NULL && fclose(file) != 0)
        ok = false;
    if (!ok)
        fprintf(stderr, "card: cannot write %s\n", path);
    return ok;
}
