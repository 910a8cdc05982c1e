/* SPDX-License-Identifier: Apache-2.0 */
/* The names of protocols, quirks and faults that a card can be given (no station); pure. */
#ifndef LAB_CARD_CONFIG_H
#define LAB_CARD_CONFIG_H

#include "card/model/model.h"

/* The protocol option of a name; NULL = default. False when unknown. */
bool config_scp(const char *name, struct scp_option *to);
/* Comma separated names; NULL = none. The first unknown name goes to stderr. */
bool config_quirks(const char *names, struct quirks *to);
bool config_faults(const char *names, struct faults *to);

#endif
