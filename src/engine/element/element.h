/* SPDX-License-Identifier: Apache-2.0 */
/* Secure elements of an owner as rows with their profile. Stations 4 and 9. Edge. */
#ifndef TSM_ENGINE_ELEMENT_ELEMENT_H
#define TSM_ENGINE_ELEMENT_ELEMENT_H

#include "order/profile.h"
#include "order/states.h"
#include "store/store.h"

enum { IDENT_MAX = 96 }; /* characters of an identifier: the 42 octets of a CPLC in hex fit */

struct element {
    int64_t id, owner, profile_id, state;
    char iccid[IDENT_MAX + 1], seid[IDENT_MAX + 1], msisdn[IDENT_MAX + 1];
    struct se_profile profile;
};
/* By one identifier; NOT_FOUND where this owner has none. */
enum tsm_err element_find(struct tx *tx, int64_t owner, int64_t kind, const char *ref, struct element *out);
/* By the number of its row. */
enum tsm_err element_by_id(struct tx *tx, int64_t owner, int64_t id, struct element *out);
/* By the "se" member of a call, {"iccid": ".."}; BAD_VALUE when it is none. */
enum tsm_err element_of_json(struct tx *tx, int64_t owner, const json_t *se, struct element *out);

#endif
