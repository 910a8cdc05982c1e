/* SPDX-License-Identifier: Apache-2.0 */
/* The parties whose roles run here, each with its open vault. App. */
#ifndef TSM_APP_TSMD_PARTIES_H
#define TSM_APP_TSMD_PARTIES_H

#include "app/tsmd/config.h"
#include "http/client.h"
#include "store/store.h"
#include "vault/vault.h"

enum { PARTIES_MAX = 64, PARTY_NAME_MAX = 64 };

struct parties {
    struct {
        int64_t id;
        char name[PARTY_NAME_MAX + 1];
        struct vault_party *vault;
        struct http_client *spos; /* speaks to its online system with its own certificate */
    } at[PARTIES_MAX];
    size_t n;
};

/* Opens the vault of every party of the database that has no partner address. */
enum tsm_err parties_open(struct parties *p, struct store *s, const struct config *c);
void parties_close(struct parties *p);
/* NOT_FOUND when the party's roles run elsewhere. Matches the roles' vault_of. */
enum tsm_err parties_vault(void *self, int64_t party, struct vault_party **out);
/* The client with the party's certificate for its online system (settings spos_dir, else tls_cert). NOT_FOUND
 * as above. Matches the provider role's client_of. */
enum tsm_err parties_client(void *self, int64_t party, struct http_client **out);
/* The PIN of a party from its file; wiped by whoever takes it. IO when it cannot be read. */
enum tsm_err party_pin(const struct config *c, const char *party, struct secret *pin);
/* "pkcs11:token=..?module-path=..". */
void party_uri(const struct config *c, const char *party, char *uri, size_t cap);

#endif
