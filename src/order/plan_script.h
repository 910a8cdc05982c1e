/* SPDX-License-Identifier: Apache-2.0 */
/* Tools of the plan builders: adding commands to a script, the probes that several steps share. Station 5.
 * Pure. */
#ifndef TSM_ORDER_PLAN_SCRIPT_H
#define TSM_ORDER_PLAN_SCRIPT_H

#include "gp/apdu/apdu.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "order/plan.h"

/* A step that changes the card: without probe and judge it cannot be written. */
#define CHANGE_STEP(n, t, d, a, b, p, j, fine)                                                     \
    {                                                                                              \
        .name = n, .text = t, .domain = d, .arg = a, .build = b, .changes_card = true, .probe = p, \
        .judge = j, .also_fine = fine                                                              \
    }

/* A deletion by the owner: an object that is not there any more is as good as deleted. */
#define DELETE_STEP(n, t, a, b, p, j, skip)                                                                \
    {                                                                                                      \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = b, .changes_card = true, .probe = p, \
        .judge = j, .also_fine = SW_NOT_FOUND, .needless = skip                                            \
    }

/* Opens a command in the script's store; script_add closes it: what was written since is the next command. */
static inline size_t script_mark(const struct script *s)
{
    return s->store.len;
}
enum tsm_err script_add(struct script *s, size_t mark);
/* The same for a command that a token or public key may make longer than a short one: a channel of SCP03
 * sends it as a chain [GPCS 11.1.5.1], elsewhere: NEEDS_BETTER_LINK. */
enum tsm_err script_add_long(struct script *s, size_t mark, const struct se_profile *profile);

/* GET STATUS of one AID in TLV form. */
enum tsm_err probe_registry(enum gp_status_scope scope, struct bytes aid, struct script *out);
/* Is the AID in the first answer? *life is its life cycle state. */
bool registry_has(const struct step_answer *answers, size_t n, enum gp_status_scope scope, struct bytes aid,
                  uint8_t *life);
/* Key information template of the domain that executes. */
enum tsm_err probe_keys(const struct plan_facts *f, int arg, struct script *out);
bool keys_have(const struct step_answer *answers, size_t n, uint8_t kvn);

static inline struct bytes application_aid(const struct plan_facts *f, int arg)
{
    return (struct bytes){f->applications[arg].instance, f->applications[arg].instance_len};
}
/* INSTALL [for personalization] of an application. */
enum tsm_err script_personalization(struct script *s, struct bytes aid);

#endif
