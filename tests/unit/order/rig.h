/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of order/ share: two profiles, the facts of one deployment, scripts read back by
 * GlobalPlatform's own readers. Test code. */
#ifndef TSM_TESTS_UNIT_ORDER_RIG_H
#define TSM_TESTS_UNIT_ORDER_RIG_H

#include "../vectors.h"
#include "gp/apdu/apdu.h"
#include "order/plan.h"

/* A UICC reached by short message and an embedded SE reached by an agent, as JSON; owned by the caller. */
json_t *rig_uicc(void);
json_t *rig_ese(void);

enum { RIG_STORE = 64 * 1024, RIG_LOAD_FILE = 700 };

#define RIG_DOMAIN  "F04F54534DD00001"
#define RIG_PACKAGE "F04F54534D0001"
#define RIG_PAYMENT "F04F54534D0101"
#define RIG_PPSE    "325041592E5359532E4444463031"

/* The facts of a deployment on the UICC (or on the embedded SE), and the script that was built last. */
struct rig {
    struct se_profile profile;
    struct plan_facts facts;
    struct octets domain, package, hash, keys, perso[3], ppse, token;
    uint8_t load_file[RIG_LOAD_FILE];
    struct plan_dgi dgis[3];
    uint8_t store[RIG_STORE];
    struct script script;
};
void rig_make(struct rig *r, json_t *profile); /* the profile is taken over */

const struct plan_step *rig_step(const struct plan *plan, const char *name);
/* Builds the step, or its probe, into r->script. */
void rig_build(struct rig *r, const struct plan_step *step);
void rig_probe(struct rig *r, const struct plan_step *step);
struct apdu rig_command(const struct rig *r, size_t i);

/* Answers: a registry entry of an AID in a life cycle state, key information with these versions. */
struct octets rig_entry(const char *aid, uint8_t life);
struct octets rig_keys(const uint8_t *versions, size_t n);
enum verdict rig_judge(const struct rig *r, const struct plan_step *step, const struct octets *data,
                       uint16_t sw);

#endif
