/* SPDX-License-Identifier: Apache-2.0 */
/* Parties and their vaults: one token slot and one PIN file each. App. [DESIGN 5] */
#include "app/tsmd/parties.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a call to an online system: a turn of deliveries outlives one of them within its lease. */
enum { SPOS_CONNECT_MS = 5000, SPOS_CALL_MS = 10000, SPOS_PATH_MAX = 400 };

void party_uri(const struct config *c, const char *party, char *uri, size_t cap)
{
    snprintf(uri, cap, "pkcs11:token=%s%s?module-path=%s%s%s", c->token_prefix, party, c->token_module,
             c->token_query[0] ? "&" : "", c->token_query);
}

enum tsm_err party_pin(const struct config *c, const char *party, struct secret *pin)
{
    const char *dir = c->pin_dir[0] ? c->pin_dir : getenv("CREDENTIALS_DIRECTORY");
    char path[600];
    ssize_t n;
    int fd;
    if (!dir)
        return FAIL_FIELD(MISSING_FIELD, "pin_dir",
                          "neither pin_dir nor $CREDENTIALS_DIRECTORY says where the PINs are");
    snprintf(path, sizeof path, "%s/%s.pin", dir, party);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(IO, "cannot read the PIN file %s: %s", path, strerror(errno));
    n = read(fd, pin->at, SECRET_MAX);
    close(fd);
    while (n > 0 && (pin->at[n - 1] == '\n' || pin->at[n - 1] == '\r'))
        n--;
    if (n <= 0)
        return FAIL(IO, "the PIN file %s is empty", path);
    pin->len = (size_t)n;
    return TSM_OK;
}

static enum tsm_err list_local(struct tx *tx, void *arg)
{
    struct parties *p = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PARTY_LOCAL);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        NEED(p->n < PARTIES_MAX, TOO_LONG);
        p->at[p->n].id = db_int(&r, 0);
        snprintf(p->at[p->n].name, sizeof p->at[0].name, "%s", db_text(&r, 1));
        p->n++;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Where the party has no certificate of its own, the server's stands for it. */
static enum tsm_err open_client(const struct config *c, const char *party, struct http_client **out)
{
    char cert[SPOS_PATH_MAX], key[SPOS_PATH_MAX];
    struct http_client_config cc = {.connect_ms = SPOS_CONNECT_MS, .call_ms = SPOS_CALL_MS};
    snprintf(cert, sizeof cert, "%s/%s.pem", c->spos_dir, party);
    snprintf(key, sizeof key, "%s/%s.key", c->spos_dir, party);
    if (!c->spos_dir[0] || access(cert, R_OK) != 0) {
        snprintf(cert, sizeof cert, "%s", c->tls_cert);
        snprintf(key, sizeof key, "%s", c->tls_key);
    }
    if (cert[0]) {
        cc.cert_file = cert;
        cc.key_file = key;
    }
    return http_client_new(&cc, out);
}

enum tsm_err parties_open(struct parties *p, struct store *s, const struct config *c)
{
    *p = (struct parties){.n = 0};
    TRY(store_read(s, list_local, p));
    for (size_t i = 0; i < p->n; i++) {
        char uri[900];
        struct vault_settings settings = {.uri = uri, .laboratory = !strcmp(c->laboratory, "yes")};
        SECRET pin = {.len = 0};
        party_uri(c, p->at[i].name, uri, sizeof uri);
        TRY(party_pin(c, p->at[i].name, &pin));
        TRY(vault_open(&settings, &pin, &p->at[i].vault));
        TRY(open_client(c, p->at[i].name, &p->at[i].spos));
    }
    return TSM_OK;
}

void parties_close(struct parties *p)
{
    for (size_t i = 0; i < p->n; i++)
        vault_close(p->at[i].vault);
    for (size_t i = 0; i < p->n; i++)
        http_client_free(p->at[i].spos);
    p->n = 0;
}

enum tsm_err parties_vault(void *self, int64_t party, struct vault_party **out)
{
    struct parties *p = self;
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == party) {
            *out = p->at[i].vault;
            return TSM_OK;
        }
    return FAIL(NOT_FOUND, "the vault of party %lld is not open here", (long long)party);
}

enum tsm_err parties_client(void *self, int64_t party, struct http_client **out)
{
    struct parties *p = self;
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == party) {
            *out = p->at[i].spos;
            return TSM_OK;
        }
    return FAIL(NOT_FOUND, "party %lld is not served here", (long long)party);
}
