/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that a card can have from the factory: the services around an issuer's domain (station 10, the
 * card's side); pure; GPCS Amendment C, GPD_SPE_013, GPCS Amendment I. */
#ifndef LAB_CARD_APPLET_BUILTIN_H
#define LAB_CARD_APPLET_BUILTIN_H

#include "card/model/model.h"

/* Installs those that a comma separated list names, below the issuer's domain; false and a message on stderr
 * when a name is unknown or memory ends. */
bool builtin_install(struct card *c, const char *names);
/* The behaviour of a built-in module, NULL when it is none. */
const struct native_ops *builtin_find(const struct aid *module);

#endif
