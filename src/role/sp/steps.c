/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of every operation, as tables: what is asked or talked through, what follows when it is done.
 * Stations 4 to 12. Role. [TR-03165 3.2.2] */
#include "role/sp/issuer/issuer.h"
#include "role/sp/life/rows.h"
#include "role/sp/modes/confidential.h"
#include "role/sp/modes/managed.h"
#include "role/sp/token/token.h"

static const struct step deploy[] = {
    REACH_AND(read_completion, keep_reach), /* only of an order that goes on with a deployment */
    {.name = "ELIGIBLE",
     .text = "the secure element is fit for the service",
     .station = 4,
     .commands = COMMAND_INSTALL,
     .verb = VERB_CHECK_ELIGIBILITY,
     .body = ask_eligibility,
     .read = read_eligibility,
     .keep = keep_flavor,
     .event = EV_DEPLOY_STARTS},
    TOKEN_STEP,
    {.name = "BOOK_SPACE",
     .text = "the owner keeps space for the service",
     .station = 6,
     .commands = COMMAND_INSTALL,
     .verb = VERB_BOOK_SPACE,
     .body = ask_space,
     .event = -1},
    {.name = "CREATE_DOMAIN",
     .text = "the owner created the provider's security domain and handed its keys over",
     .station = 6,
     .commands = COMMAND_INSTALL,
     .verb = VERB_CREATE_DOMAIN,
     .needless = is_domain_of_use,
     .body = ask_domain,
     .read = read_domain,
     .keep = keep_domain,
     .event = -1,
     .changes = true,
     .late = true},
    {.name = "SECRET_KEYS",
     .text = "the domain has keys that its provider and the card alone know",
     .station = 6,
     .commands = COMMAND_INSTALL,
     .verb = VERB_SET_UP_KEYS,
     .absent = is_no_casd,
     .needless = has_own_keys,
     .body = ask_set_up,
     .read = read_set_up,
     .keep = keep_set_up,
     .event = -1,
     .changes = true},
    {.name = "OWN_KEYS",
     .text = "the domain has the provider's own keys and no others",
     .station = 7,
     .commands = COMMAND_INSTALL,
     .plan = &plan_own_keys,
     .absent = needs_no_key_change,
     .needless = has_own_keys,
     .keep = keep_own_keys,
     .event = -1,
     .changes = true},
    INSTALLATION(NULL),
    COMPLETION,
    TOKEN_STATE_STEP(token_is_active),
};
static const struct step suspend[] = {
    REACH,
    TOKEN_STATE_STEP(has_no_token),
    {.name = "LOCK",
     .text = "the application is locked",
     .station = 7,
     .plan = &plan_suspend,
     .absent = is_suspended,
     .event = -1,
     .changes = true},
};
static const struct step resume[] = {
    REACH,
    TOKEN_STATE_STEP(has_no_token),
    {.name = "UNLOCK",
     .text = "the application is unlocked",
     .station = 7,
     .plan = &plan_resume,
     .absent = is_resumed,
     .event = -1,
     .changes = true},
};
/* Without a version: the newest revision of the load file. To a version: only what it changes. */
static const struct step update[] = {
    REACH_AND(read_update, keep_update),
    TOKEN_STEP_UNLESS(needs_no_new_token),
    {.name = "UPGRADE",
     .text = "the owner put the new version of the load file under the applications; their data stayed",
     .station = 6,
     .verb = VERB_UPGRADE,
     .absent = is_no_upgrade,
     .body = ask_install,
     .round = 1,
     .event = -1,
     .changes = true},
    {.name = "BOOK_SPACE",
     .text = "the owner keeps space for the new version",
     .station = 6,
     .verb = VERB_BOOK_SPACE,
     .absent = is_no_reinstallation,
     .body = ask_space,
     .event = -1},
    REMOVAL(stays_listed, keeps_content, keeps_all),
    {.name = "REMOVE_FORMER",
     .text = "the owner removed the applications of the former version; the domain stays",
     .station = 6,
     .verb = VERB_REMOVE,
     .modes = IN_SIMPLE,
     .absent = is_no_reinstallation,
     .body = ask_remove,
     .round = 1,
     .event = -1,
     .changes = true,
     .removes = true},
    INSTALLATION(is_no_reinstallation),
    COMPLETION,
};
static const struct step terminate[] = {
    REACH,
    TOKEN_STATE_STEP(has_no_token),
    REMOVAL(leaves_no_directory, has_no_content, has_nothing_to_delete),
    {.name = "REMOVE",
     .text = "the owner removed applications, load file and domain",
     .station = 6,
     .verb = VERB_REMOVE,
     .body = ask_remove,
     .round = 1,
     .event = -1,
     .changes = true,
     .removes = true},
};
/* Nothing came to the secure element: no one is asked. */
static const struct step discard[] = {{.name = "DISCARD",
                                       .text = "nothing of the service was on the secure element",
                                       .station = 4,
                                       .event = -1}};

static const struct step exchange[] = {
    {.name = "REACH",
     .text = "the owner knows the secure element; the card data are those of the application on it",
     .station = 4,
     .verb = VERB_CHECK_ELIGIBILITY,
     .body = ask_eligibility,
     .read = read_issuer_reach,
     .keep = keep_reach,
     .event = -1},
    TOKEN_STEP,
    {.name = "ASK",
     .text = "the application said where it stands",
     .station = 7,
     .plan = &plan_issuer_ask,
     .event = -1},
    {.name = "SCRIPT",
     .text = "the application carried out the issuer's commands, and shows it",
     .station = 7,
     .plan = &plan_issuer_script,
     .keep = keep_issuer_result,
     .event = -1,
     .changes = true},
};

#define STEPS(array)                            \
    {                                           \
        array, sizeof(array) / sizeof(array)[0] \
    }
static const struct process processes[OPERATIONS] = {
    [OP_DEPLOY] = STEPS(deploy), [OP_UPDATE] = STEPS(update),       [OP_SUSPEND] = STEPS(suspend),
    [OP_RESUME] = STEPS(resume), [OP_TERMINATE] = STEPS(terminate), [OP_EXCHANGE] = STEPS(exchange)};
static const int last_events[OPERATIONS] = {
    [OP_DEPLOY] = EV_DEPLOYED, [OP_UPDATE] = EV_UPDATED,       [OP_SUSPEND] = EV_SUSPENDED,
    [OP_RESUME] = EV_RESUMED,  [OP_TERMINATE] = EV_TERMINATED, [OP_EXCHANGE] = -1};

const struct process process_discard = STEPS(discard);

const struct process *process_of(enum operation op)
{
    return &processes[op];
}

int last_event_of(enum operation op)
{
    return last_events[op];
}

/* A deployment that installs begins behind REACH, with the first step of its own. */
size_t first_step_of(enum operation op, unsigned commands)
{
    const struct process *p = &processes[op];
    size_t i = 0;
    if (op != OP_DEPLOY || !(commands & COMMAND_INSTALL))
        return 0;
    while (i < p->n && !(p->steps[i].commands & COMMAND_INSTALL))
        i++;
    return i;
}
