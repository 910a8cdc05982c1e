/* SPDX-License-Identifier: Apache-2.0 */
/* Offline data authentication of a profile: its settings, and the static data to be authenticated as its own
 * file locator marks them. Inside emv/perso only. Station 5. Pure. [EMV Book 3 10.3; docs/personalisation.md]
 */
#ifndef TSM_EMV_PERSO_STATIC_DATA_H
#define TSM_EMV_PERSO_STATIC_DATA_H

#include <jansson.h>

#include "emv/perso/variables.h"

enum { STATIC_DATA_MAX = 1024, DGI_PROCESSING_OPTIONS = 0x9104 };

/* The member "oda" of a profile. Errors of json_fill; BAD_VALUE for a key length that EMV does not have. */
enum tsm_err profile_oda_read(const json_t *object, struct profile_oda *out);
/* Puts the static data together with zeros for what only a card has: a locator that names a record which is
 * no grouping (NOT_FOUND), or a signed record that holds its own signature (CONFLICT), is refused when the
 * profile is read. */
enum tsm_err static_data_try(const struct emv_profile *p);
/* The static data of this card: signed records in the order of the locator, then the interchange profile when
 * tag 9F4A in one of them lists it. Holds card data: wiped by the caller. */
enum tsm_err static_data_write(struct variables *v, struct writer *w);

#endif
