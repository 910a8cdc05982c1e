/* SPDX-License-Identifier: Apache-2.0 */
/* Values of --with NAME=VALUE that are read from files, for the verbs of this folder. Edge. */
#ifndef TSM_APP_CLIENT_EXCHANGE_VALUES_H
#define TSM_APP_CLIENT_EXCHANGE_VALUES_H

#include "app/client/client.h"
#include "base/json.h"

/* The value of NAME; "" where it is not given. Borrowed from the command line. */
const char *value_given(const struct client_args *a, const char *name);
/* The text of a value: itself, or for "@FILE" what stands in the file, without the line's end. Owned by the
 * caller (free); NULL after a message on stderr. */
char *value_text(const char *value);
/* Names that no row of `known` (ended by NULL) has: false after a message on stderr. */
bool values_known(const struct client_args *a, const char *const *known);

#endif
