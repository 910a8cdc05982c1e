/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider asks of a campaign, read and judged. Station 1. Pure but for allocation. [capability P8] */
#ifndef TSM_ROLE_SP_BULK_WISH_H
#define TSM_ROLE_SP_BULK_WISH_H

#include "base/json.h"
#include "role/sp/bulk/bulk.h"

struct bulk_wish {
    enum operation operation;
    char service[SERVICE_MAX + 1], version[VERSION_MAX + 1]; /* version: of an update */
    struct campaign_rules rules;                             /* but for the deadline */
    int64_t zone_s, deadline_s, validity_s;                  /* 0: not asked for */
    /* the selection */
    char from_version[VERSION_MAX + 1], profile[PROFILE_NAME_MAX + 1];
    int64_t states[2]; /* of the instances; 0, 0: all */
    json_t *instances; /* owned (bulk_wish_drop): list of ids, NULL: by the others */
    json_t *choice;    /* owned: the selection as it was asked for, without a list */
};
void bulk_wish_drop(struct bulk_wish *w);
/* *out is to be dropped on every path. Errors name the field. */
enum tsm_err bulk_wish_read(struct bytes body, struct bulk_wish *out);
/* "+01:00", "-03:30", "UTC", "Z": seconds east of UTC. "01:00": second of the day. BAD_FORM. */
enum tsm_err bulk_zone_read(const char *text, int64_t *seconds);
enum tsm_err bulk_clock_read(const char *field, const char *text, int64_t *seconds);

#endif
