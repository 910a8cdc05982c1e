/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's side of a confidential hand-over through the Controlling Authority's domain: its certificate
 * verified, groupings made, the keys taken from the card's answer. Stations 5 and 7. Role. [gp/casd/casd.h;
 * capability S7] */
#ifndef TSM_ROLE_SP_MODES_CONFIDENTIAL_H
#define TSM_ROLE_SP_MODES_CONFIDENTIAL_H

#include "order/manage/mode.h"
#include "role/sp/process.h"

static inline bool by_casd(int64_t way)
{
    return way == HAND_OVER_CASD_PULL || way == HAND_OVER_CASD_PUSH;
}

/* Hex of a reply, of the flavor or of the progress as octets that live as long as the turn. BAD_VALUE for
 * what is missing or no hex. */
enum tsm_err member_octets(struct turn *t, const json_t *from, const char *name, struct bytes *out);
/* The reply of CREATE_DOMAIN: the card's certificates become groupings, kept with the order's progress; a key
 * set that is pushed becomes t->new_blob[1]. KEY_REFUSED for a certificate that the flavor's authority did
 * not sign. */
enum tsm_err confidential_read_domain(struct turn *t, const json_t *reply);
/* The way by SCP11 into a domain that has no keys yet: the provider's certificates and the card authority
 * that it trusts, as the flavor says. */
enum tsm_err agreed_way(struct turn *t);
/* GET /api/v1/oce-key: the point that an authority of the cards certifies. Made when it is first asked for.
 */
enum tsm_err sp_get_oce_key(void *app, struct http_request *q, struct http_reply *reply);
/* SET_UP_KEYS. */
enum tsm_err ask_set_up(struct turn *t, json_t **question);
enum tsm_err read_set_up(struct turn *t, const json_t *reply);
enum tsm_err keep_set_up(struct turn *t, struct tx *tx, const json_t *reply);

bool is_no_casd(const struct turn *t);          /* the domain gets its keys another way */
bool needs_no_key_change(const struct turn *t); /* its own keys are there, and nothing is to be added */

#endif
