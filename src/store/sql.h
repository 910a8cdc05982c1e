/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement of the house has a name here; its text and parameter letters stand in statements.h.
 * Edge. */
#ifndef TSM_STORE_SQL_H
#define TSM_STORE_SQL_H

enum sql_id {
#define S(name, params, text) SQL_##name,
#include "store/statements.h"
#undef S
    SQL_COUNT
};

struct sql_row {
    const char *name, *params, *text;
};
extern const struct sql_row sql_table[SQL_COUNT];

#endif
