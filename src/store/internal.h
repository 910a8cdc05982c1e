/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the store share: the open transaction and the migration. Edge. */
#ifndef TSM_STORE_INTERNAL_H
#define TSM_STORE_INTERNAL_H

#include "store/driver.h"
#include "store/store.h"

struct tx {
    struct store *store;
    const struct driver *driver;
    struct conn *conn;
    time_us now;
    bool noted; /* a unit made work due */
};

/* Brings the schema to the newest version, one transaction a migration; refuses a schema that is newer than
 * the program. */
enum tsm_err migrate(const struct driver *d, struct conn *c, time_us now);

/* The numbered migrations, made from sql/ by the build; ended by a row without text. */
struct migration {
    const char *name, *text;
};
extern const struct migration migrations[];

#endif
