/* SPDX-License-Identifier: Apache-2.0 */
/* What a campaign does to each of its elements: an act of care, or a work of content. Stations 1 and 3. Role.
 * [capabilities S10, S12, S17] */
#ifndef TSM_ROLE_SEM_CARE_CAMPAIGN_KIND_H
#define TSM_ROLE_SEM_CARE_CAMPAIGN_KIND_H

#include "role/sem/care/campaign/campaign.h"

const char *campaign_kind_word(int64_t kind);
/* What its members are called: "act" or "work". */
const char *campaign_member_word(int64_t kind);
/* BAD_VALUE for a word that no campaign has. */
enum tsm_err campaign_kind_read(const char *word, int64_t *kind);
/* What each element is asked, out of what was posted (NULL: nothing): readable, or refused by its member;
 * *ask is owned by the caller. Octets of a load file are kept once. */
enum tsm_err campaign_ask_take(struct tx *tx, const struct campaign *c, const json_t *posted, json_t **ask);

/* One element begins. *work: its act or work, 0: nothing was to be done. */
enum tsm_err campaign_begin_one(struct sem *sem, struct tx *tx, const struct campaign *c,
                                const struct element *el, int64_t *work);

#endif
