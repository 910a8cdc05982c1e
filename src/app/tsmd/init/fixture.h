/* SPDX-License-Identifier: Apache-2.0 */
/* `tsmd init` and its fixture file, see packaging/laboratory/fixture.json. App. */
#ifndef TSM_APP_TSMD_INIT_FIXTURE_H
#define TSM_APP_TSMD_INIT_FIXTURE_H

#include <jansson.h>

#include "app/tsmd/init/init.h"
#include "app/tsmd/parties.h"

struct init {
    const struct config *c;
    const struct init_options *o;
    struct store *store;
    struct parties parties;
    json_t *fixture; /* owned */
    char dir[512];   /* where its files are */
};

/* Reads the file that the options name. IO, or what json_read says. */
enum tsm_err fixture_load(struct init *in);
/* Where the party stands among those whose token is here; NOT_FOUND. */
enum tsm_err fixture_party(const struct init *in, const char *name, size_t *at);
/* Stores profiles, load files, scripts and services; what is there already stays. */
enum tsm_err fixture_add(struct init *in);

#endif
