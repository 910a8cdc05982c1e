/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate files through OpenSSL, from memory. Station 1. Role, without I/O. [TR-03165 4.1.6.8.2; RFC
 * 7468] */
#include "role/sp/sptsm/keep/certificate.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* The octets are one certificate in DER, to the last one. */
static bool is_der(struct bytes der)
{
    const unsigned char *at = der.at;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    bool fine = x && at == der.at + der.len;
    X509_free(x);
    return fine;
}

/* Blocks of PEM, all of them certificates: a private key beside them would be kept and given out with them.
 */
static bool is_pem(struct bytes file)
{
    BIO *in = BIO_new_mem_buf(file.at, (int)file.len);
    char *name = NULL, *head = NULL;
    unsigned char *der = NULL;
    size_t n = 0;
    long len;
    bool fine = in != NULL;
    while (fine && PEM_read_bio(in, &name, &head, &der, &len)) {
        fine = !strcmp(name, PEM_STRING_X509) && is_der(BYTES_OF(der, (size_t)len));
        n++;
        OPENSSL_free(name);
        OPENSSL_free(head);
        OPENSSL_clear_free(der, (size_t)len);
    }
    fine = fine && n > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(in);
    return fine;
}

bool certificate_is_right(struct bytes file)
{
    bool fine = file.len <= INT_MAX && (is_pem(file) || is_der(file));
    ERR_clear_error();
    return fine;
}
