/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules of an element: what a work has to give or take, and the rows of what is on the card.
 * Stations 5 and 11. Role. [capability S14] */
#ifndef TSM_ROLE_SEM_CARE_SERVICES_RULES_H
#define TSM_ROLE_SEM_CARE_SERVICES_RULES_H

#include <jansson.h>

#include "engine/element/element.h"
#include "gp/access/rule.h"
#include "order/plan.h"

enum { RULES_AT_ONCE = 8, RULE_COMMANDS = 2 * RULES_AT_ONCE };

/* A rule that owns its octets. */
struct held_rule {
    uint8_t aid[16], app_hash[ACCESS_SHA256_LEN], filters[ACCESS_FILTERS_MAX * ACCESS_FILTER_LEN];
    size_t aid_len, hash_len, filters_len;
    bool allowed;
};
struct access_rule held_rule_of(const struct held_rule *h);

/* The rules of one step, and the commands to the card's rule master. */
struct rule_set {
    struct held_rule rule[RULES_AT_ONCE];
    size_t n;
    uint8_t room[RULE_COMMANDS * ACCESS_RULE_MAX];
    struct bytes command[RULE_COMMANDS];
    size_t commands;
};
/* Makes the commands; a deletion stores first what it deletes, so that it finds it. */
enum tsm_err rule_set_build(struct rule_set *s, bool deletes);
/* What the applications of a load get by the owner's templates; what they have when they are removed. */
enum tsm_err rule_set_for_load(struct tx *tx, const struct element *el, const struct plan_facts *f,
                               struct rule_set *out);
enum tsm_err rule_set_for_removal(struct tx *tx, const struct element *el, const struct plan_facts *f,
                                  struct rule_set *out);
/* The rows, when the card has them, and when it has them no more. */
enum tsm_err rule_set_stored(struct tx *tx, int64_t se, const struct rule_set *s);
enum tsm_err rule_set_deleted(struct tx *tx, int64_t se, const struct rule_set *s);

/* {aid, app_hash, filters, allowed}; BAD_VALUE, BAD_LENGTH with the field. Owned by the caller. */
enum tsm_err rule_of_json(const json_t *o, struct held_rule *out);
json_t *rule_json(const struct access_rule *r);

#endif
