/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns for the engine and for the addresses. Role. */
#ifndef TSM_ROLE_SEM_CARE_CAMPAIGN_ROW_H
#define TSM_ROLE_SEM_CARE_CAMPAIGN_ROW_H

#include "engine/engine.h"
#include "role/sem/care/campaign/campaign.h"

const char *member_state_word(int64_t state);

#endif
