/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of `tsm card`, a file a family, and what several of them use. App. */
#ifndef TSM_APP_CARD_VERB_VERBS_H
#define TSM_APP_CARD_VERB_VERBS_H

#include "app/card/card.h"
#include "gp/command/get_status.h"

enum tsm_err card_readers(struct card *c); /* info.c */
enum tsm_err card_info(struct card *c);
enum tsm_err card_auth(struct card *c);
enum tsm_err card_list(struct card *c); /* list.c */
enum tsm_err card_load(struct card *c); /* content.c */
enum tsm_err card_install(struct card *c);
enum tsm_err card_delete(struct card *c); /* life.c */
enum tsm_err card_lock(struct card *c);
enum tsm_err card_unlock(struct card *c);
enum tsm_err card_delete_key(struct card *c); /* end.c */
enum tsm_err card_terminate(struct card *c);
enum tsm_err card_extradite(struct card *c); /* move.c */
enum tsm_err card_registry_update(struct card *c);
enum tsm_err card_audit(struct card *c);      /* audit.c */
enum tsm_err card_oce_make(struct card *c);   /* oce.c */
enum tsm_err card_put_key(struct card *c);    /* newkeys.c */
enum tsm_err card_ssd_create(struct card *c); /* domain.c */
enum tsm_err card_store_data(struct card *c); /* data.c */
enum tsm_err card_apdu(struct card *c);

/* info.c: the key versions that key information tells. Owned by the caller. */
json_t *card_sets_json(const struct card_sight *s);
/* list.c: all answers of one scope joined in `joined`; the dialect that the card took. Empty when the card
 * has none of the kind. */
enum tsm_err registry_ask(struct card *c, enum gp_status_scope scope, struct bytes aid, struct writer *joined,
                          enum gp_status_dialect *dialect);
/* data.c: bytes given as HEX, @FILE (hex text) or fd:N; an AID, which is hex of 5 to 16 octets. */
enum tsm_err operand_bytes(const char *text, struct writer *out);
enum tsm_err operand_aid(const char *text, struct card_hex *out);
/* data.c: STORE DATA of `data` in as many blocks as it takes; `p1` is its form without the last-block bit. */
enum tsm_err store_all(struct card *c, struct bytes data, uint8_t p1);
/* data.c: what follows goes to this application. */
enum tsm_err personalize(struct card *c, struct bytes aid);
/* newkeys.c: the key set of --new-key or --new-keyset for this card. KEY_REFUSED for an algorithm that the
 * version is not for. */
enum tsm_err fresh_keys(struct card *c, struct card_keyset *out);
/* single.c: one key alone, of a token, receipt or DAP, or of an authority: the public half of a pair, or a
 * secret key. */
enum tsm_err put_single(struct card *c);
/* A set that was made for this and did not reach the card is dropped again; after a lost answer it is kept.
 */
void fresh_undo(struct card *c, struct card_keyset *fresh, enum tsm_err e);
bool fresh_given(const struct card *c);

#endif
