/* SPDX-License-Identifier: Apache-2.0 */
/* `tsmd init`: tokens, database and what a fixture file says of parties, profiles and services. `tsmd token`:
 * bearer tokens. App. */
#ifndef TSM_APP_TSMD_INIT_INIT_H
#define TSM_APP_TSMD_INIT_INIT_H

#include "app/tsmd/config.h"
#include "store/store.h"

struct init_options {
    const char *fixture; /* JSON file, see packaging/laboratory/fixture.json; NULL: only migrate */
    const char *cap_dir; /* where its CAP files are; NULL: beside the fixture */
};
enum tsm_err tsmd_init(const struct config *c, const struct init_options *o);
/* The database of the settings, migrated; closed by the caller. */
enum tsm_err init_open_store(const struct config *c, struct store **out);

struct token_options {
    const char *party, *role; /* role: provider, operator, administrator or app */
    const char *app;          /* of role app: the one callerId that it is good for; NULL: any */
};
/* Prints a new bearer token, once; only its hash is stored. */
enum tsm_err tsmd_token(const struct config *c, const struct token_options *o);

#endif
