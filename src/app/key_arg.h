/* SPDX-License-Identifier: Apache-2.0 */
/* Keys given to an offline tool: from a descriptor, from a file, or in hex for laboratory keys. App. [DESIGN
 * 5] */
#ifndef TSM_APP_KEY_ARG_H
#define TSM_APP_KEY_ARG_H

#include "base/secret.h"

/*
 * "fd:N" and "@file" hold the key as hex text; anything else is hex itself: overwritten in `arg` at once (so
 * that ps does not show it) and warned about on standard error. "" is an empty key. BAD_FORM, TOO_LONG, IO.
 */
enum tsm_err key_arg_read(char *arg, struct secret *out);

#endif
