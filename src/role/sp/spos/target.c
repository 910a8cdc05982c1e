/* SPDX-License-Identifier: Apache-2.0 */
/* A SposConfig becomes an address and a certificate to trust. Station 12. Edge. [BSI TR-03165 4.1.4.17,
 * 4.1.4.18, 4.3.1] */
#include "role/sp/spos/target.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"

static const char scheme[] = "https://", method[] = "/process-results";

enum tsm_err spos_url(const char *base, char out[SPOS_URL_MAX])
{
    size_t len = strlen(base);
    while (len && base[len - 1] == '/')
        len--;
    if (strncasecmp(base, scheme, strlen(scheme)) != 0 || len <= strlen(scheme))
        return FAIL(BAD_VALUE, "the SposConfig's url is no https address: %.100s", base);
    if (base[strcspn(base, "?#")])
        return FAIL(BAD_VALUE, "the SposConfig's url has a query or a fragment: %.100s", base);
    if (len + sizeof method > SPOS_URL_MAX)
        return FAIL(TOO_LONG, "the SposConfig's url is longer than %d characters", SPOS_URL_MAX);
    snprintf(out, SPOS_URL_MAX, "%.*s%s", (int)len, base, method);
    return TSM_OK;
}

static bool write_all(BIO *in, BIO *out)
{
    X509 *x;
    bool fine = true, any = false;
    while (fine && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
        fine = PEM_write_bio_X509(out, x) == 1;
        any = true;
        X509_free(x);
    }
    if (!any && BIO_reset(in) >= 0 && (x = d2i_X509_bio(in, NULL)) != NULL) {
        any = fine = PEM_write_bio_X509(out, x) == 1;
        X509_free(x);
    }
    ERR_clear_error();
    return fine && any;
}

enum tsm_err spos_pem(struct bytes file, char out[SPOS_PEM_MAX])
{
    BIO *in = file.len <= SPOS_PEM_MAX ? BIO_new_mem_buf(file.at, (int)file.len) : NULL,
        *made = BIO_new(BIO_s_mem());
    enum tsm_err e = TSM_OK;
    char *text = NULL;
    long len;
    if (!in || !made || !write_all(in, made))
        e = FAIL(BAD_FORM, "the SposConfig's certificate cannot be read");
    len = e == TSM_OK ? BIO_get_mem_data(made, &text) : 0;
    if (e == TSM_OK && (len <= 0 || len >= SPOS_PEM_MAX))
        e = FAIL(NO_ROOM, "the SposConfig's certificate is longer than %d octets", SPOS_PEM_MAX);
    if (e == TSM_OK)
        snprintf(out, SPOS_PEM_MAX, "%.*s", (int)len, text);
    BIO_free(in);
    BIO_free(made);
    return e;
}

enum tsm_err spos_target_load(struct tx *tx, int64_t config, struct spos_target *out)
{
    json_t *body = NULL;
    enum tsm_err e;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_SPOS_TARGET, config, BYTES_NONE));
    e = json_read(bytes_of_text(db_text(&r, 0)), &body);
    if (e == TSM_OK)
        e = spos_url(json_member(body, "url"), out->url);
    json_decref(body);
    TRY(e);
    if (db_blob(&r, 1).len == 0)
        return FAIL(MISSING_FIELD, "the SposConfig's certificate has no file");
    return spos_pem(db_blob(&r, 1), out->pem);
}
