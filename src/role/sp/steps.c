/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of every operation, as tables: what is asked or talked through, what follows when it is done.
 * Stations 4 to 12. Role. [TR-03165 3.2.2] */
#include "role/sp/process.h"

static const struct step deploy[] = {
    {.name = "ELIGIBLE",
     .text = "the secure element is fit for the service",
     .station = 4,
     .verb = VERB_CHECK_ELIGIBILITY,
     .body = ask_eligibility,
     .read = read_eligibility,
     .keep = keep_flavor,
     .event = EV_DEPLOY_STARTS},
    {.name = "BOOK_SPACE",
     .text = "the owner keeps space for the service",
     .station = 6,
     .verb = VERB_BOOK_SPACE,
     .body = ask_space,
     .event = -1},
    {.name = "CREATE_DOMAIN",
     .text = "the owner created the provider's security domain and handed its keys over",
     .station = 6,
     .verb = VERB_CREATE_DOMAIN,
     .needless = has_domain,
     .body = ask_domain,
     .read = read_domain,
     .keep = keep_domain,
     .event = -1,
     .changes = true},
    {.name = "OWN_KEYS",
     .text = "the domain has the provider's own keys and no others",
     .station = 7,
     .plan = &plan_own_keys,
     .needless = has_own_keys,
     .keep = keep_own_keys,
     .event = -1,
     .changes = true},
    {.name = "INSTALL",
     .text = "the owner loaded and installed the applications",
     .station = 6,
     .verb = VERB_LOAD_AND_INSTALL,
     .body = ask_install,
     .event = EV_INSTALLED,
     .changes = true},
    {.name = "PERSONALISE",
     .text = "the application is personalised",
     .station = 7,
     .plan = &plan_personalise,
     .keep = keep_personalised,
     .event = EV_PERSONALIZED,
     .changes = true},
    {.name = "ACTIVATE",
     .text = "the payment system environment lists the application",
     .station = 7,
     .plan = &plan_activate,
     .event = EV_ACTIVATED,
     .changes = true},
};
/* After deployment the owner is asked where the element is and how it is reached; whether it would be fit for
 * a new service does not matter. */
#define REACH                                                                                              \
    {                                                                                                      \
        .name = "REACH", .text = "the owner knows the secure element and how it is reached", .station = 4, \
        .verb = VERB_CHECK_ELIGIBILITY, .body = ask_eligibility, .read = read_reach, .event = -1           \
    }
static const struct step suspend[] = {
    REACH,
    {.name = "LOCK",
     .text = "the application is locked",
     .station = 7,
     .plan = &plan_suspend,
     .event = -1,
     .changes = true},
};
static const struct step resume[] = {
    REACH,
    {.name = "UNLOCK",
     .text = "the application is unlocked",
     .station = 7,
     .plan = &plan_resume,
     .event = -1,
     .changes = true},
};
static const struct step terminate[] = {
    REACH,
    {.name = "REMOVE",
     .text = "the owner removed applications, load file and domain",
     .station = 6,
     .verb = VERB_REMOVE,
     .body = ask_remove,
     .event = -1,
     .changes = true},
};

#define STEPS(array)                            \
    {                                           \
        array, sizeof(array) / sizeof(array)[0] \
    }
static const struct process processes[OPERATIONS] = {[OP_DEPLOY] = STEPS(deploy),
                                                     [OP_SUSPEND] = STEPS(suspend),
                                                     [OP_RESUME] = STEPS(resume),
                                                     [OP_TERMINATE] = STEPS(terminate)};
static const int last_events[OPERATIONS] = {[OP_DEPLOY] = EV_DEPLOYED,
                                            [OP_SUSPEND] = EV_SUSPENDED,
                                            [OP_RESUME] = EV_RESUMED,
                                            [OP_TERMINATE] = EV_TERMINATED};

const struct process *process_of(enum operation op)
{
    return &processes[op];
}

int last_event_of(enum operation op)
{
    return last_events[op];
}
