/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of service commands that the TR supports in each state, and its words for all others. Station 2.
 * Pure. [TR-03165 4.2.5.3] */
#include "order/life/commands.h"

#include <string.h>

static const struct {
    enum service_command command;
    const char *word, *type, *ours; /* as the guideline's messages name them, and the order API */
    enum instance_state reaches;
} commands[] = {
    {COMMAND_INSTALL, "install", "InstallServiceCommands", "install", INSTANCE_INSTALLED},
    {COMMAND_PERSONALISE, "personalize", "PersonalizeServiceCommands", "personalise", INSTANCE_PERSONALIZED},
    {COMMAND_ACTIVATE, "activate", "ActivateServiceCommands", "activate", INSTANCE_ACTIVATED}};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

enum {
    I = COMMAND_INSTALL,
    P = COMMAND_PERSONALISE,
    A = COMMAND_ACTIVATE,
    LAST = COMMAND_PERSONALISE_LAST,
    ORDERED = COMMAND_STEPS | COMMAND_PERSONALISE_LAST
};

/* "The following combinations are supported", in the order of the text. */
static const struct {
    enum instance_state from;
    unsigned list;
} supported[] = {{INSTANCE_NOT_DEPLOYED, I | A | P | LAST},
                 {INSTANCE_NOT_DEPLOYED, I | A},
                 {INSTANCE_NOT_DEPLOYED, I | P | A},
                 {INSTANCE_NOT_DEPLOYED, I | P},
                 {INSTANCE_NOT_DEPLOYED, I},
                 {INSTANCE_INSTALLED, A | P | LAST},
                 {INSTANCE_INSTALLED, A},
                 {INSTANCE_PERSONALIZED, A},
                 {INSTANCE_INSTALLED, P | A},
                 {INSTANCE_ACTIVATED, P},
                 {INSTANCE_ACTIVATED, 0},
                 {INSTANCE_PERSONALIZED, 0}};

/* Which state each command leads to, one by one: what the messages are made from. */
static const struct {
    enum instance_state from;
    enum service_command command;
} leads[] = {{INSTANCE_NOT_DEPLOYED, COMMAND_INSTALL},
             {INSTANCE_INSTALLED, COMMAND_PERSONALISE},
             {INSTANCE_INSTALLED, COMMAND_ACTIVATE},
             {INSTANCE_PERSONALIZED, COMMAND_ACTIVATE},
             {INSTANCE_ACTIVATED, COMMAND_PERSONALISE}};

const char *instance_state_name(int64_t state)
{
    static const struct {
        enum instance_state state;
        const char *name;
    } names[] = {{INSTANCE_NOT_DEPLOYED, "NotDeployed"},
                 {INSTANCE_INITIALIZED, "UnderDeploymentInitialized"},
                 {INSTANCE_INSTALLED, "UnderDeploymentInstalled"},
                 {INSTANCE_PERSONALIZED, "UnderDeploymentPersonalized"},
                 {INSTANCE_ACTIVATED, "UnderDeploymentActivated"},
                 {INSTANCE_OPERATIONAL, "DeployedOperational"},
                 {INSTANCE_SUSPENDED, "DeployedSuspended"},
                 {INSTANCE_IN_ERROR, "InError"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].state == state)
            return names[i].name;
    return "Unknown";
}

const char *service_command_word(enum service_command command)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].command == command)
            return commands[i].ours;
    return "";
}

enum tsm_err service_command_read(const char *word, enum service_command *out)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].ours, word) == 0) {
            *out = commands[i].command;
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "commands", "commands are install, personalise and activate");
}

static enum tsm_err no_transfer(enum instance_state from, enum instance_state to, const char *hint)
{
    return FAIL(WRONG_STATE, "invalid state transfer from %s to %s%s", instance_state_name(from),
                instance_state_name(to), hint);
}

static bool is_supported(enum instance_state from, unsigned list)
{
    for (size_t i = 0; i < sizeof supported / sizeof supported[0]; i++)
        if (supported[i].from == from && supported[i].list == list)
            return true;
    return false;
}

static bool leads_on(enum instance_state from, enum service_command command)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (leads[i].from == from && leads[i].command == command)
            return true;
    return false;
}

static const char *request_name(enum operation op)
{
    return op == OP_UPDATE ? "UpdateServiceRequest" : "DeployServiceRequest";
}

/* What is wrong with a list in every state; the others become bits. */
static enum tsm_err read_list(enum operation op, const struct command_list *list, unsigned *mask)
{
    unsigned m = list->finalise ? COMMAND_FINALISE : 0;
    NEED(list->n <= COMMANDS_MAX, TOO_LONG);
    if (list->n == 0 && !list->finalise)
        return FAIL_FIELD(BAD_VALUE, "serviceCommands",
                          "serviceCommands in %s is only allowed to be empty if the finalize deployment flag "
                          "is set",
                          request_name(op));
    for (size_t i = 0; i < list->n; i++) {
        size_t k = 0;
        while (k < COMMANDS && commands[k].command != list->at[i])
            k++;
        NEED(k < COMMANDS, BAD_VALUE);
        if (m & list->at[i])
            return FAIL_FIELD(BAD_VALUE, "serviceCommands", "serviceCommands in %s contain multiple %s",
                              request_name(op), commands[k].type);
        if (list->at[i] == COMMAND_PERSONALISE && (m & COMMAND_ACTIVATE))
            m |= COMMAND_PERSONALISE_LAST;
        m |= list->at[i];
    }
    if ((m & COMMAND_ACTIVATE) && list->suspended)
        m |= COMMAND_SUSPENDED;
    *mask = m;
    return TSM_OK;
}

void commands_list(unsigned mask, struct command_list *out)
{
    *out = (struct command_list){.finalise = mask & COMMAND_FINALISE, .suspended = mask & COMMAND_SUSPENDED};
    if (mask & COMMAND_INSTALL)
        out->at[out->n++] = COMMAND_INSTALL;
    if ((mask & COMMAND_PERSONALISE) && !(mask & COMMAND_PERSONALISE_LAST))
        out->at[out->n++] = COMMAND_PERSONALISE;
    if (mask & COMMAND_ACTIVATE)
        out->at[out->n++] = COMMAND_ACTIVATE;
    if ((mask & COMMAND_PERSONALISE) && (mask & COMMAND_PERSONALISE_LAST))
        out->at[out->n++] = COMMAND_PERSONALISE;
}

/* Bits keep no other order than the three of the text. */
static bool is_in_order(const struct command_list *list, unsigned mask)
{
    struct command_list again;
    commands_list(mask, &again);
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] != again.at[i])
            return false;
    return true;
}

enum tsm_err commands_mask(enum operation op, const struct command_list *list, unsigned *mask)
{
    TRY(read_list(op, list, mask));
    return is_in_order(list, *mask)
               ? TSM_OK
               : FAIL_FIELD(BAD_VALUE, "serviceCommands",
                            "serviceCommands in %s begin with another than InstallServiceCommand",
                            request_name(op));
}

/* The first command that cannot follow, in the TR's words. */
static enum tsm_err explain(const struct command_list *list, const struct instance_life *now)
{
    enum instance_state at = now->state;
    if (list->n == 0)
        return no_transfer(at, INSTANCE_OPERATIONAL, "");
    for (size_t i = 0; i < list->n; i++) {
        size_t k = 0;
        while (commands[k].command != list->at[i])
            k++;
        if ((now->done & commands[k].command) && (leads_on(at, commands[k].command) || k == 0) &&
            at < INSTANCE_OPERATIONAL)
            return FAIL(WRONG_STATE, "service command '%s' has already been executed", commands[k].word);
        if (!leads_on(at, commands[k].command))
            return no_transfer(at, commands[k].reaches, "");
        at = commands[k].reaches;
    }
    return no_transfer(now->state, at, ": here it is executed together with activate only");
}

/* The state whose lists apply: of an instance in error, that of what it has been through. */
static enum instance_state reached(unsigned done)
{
    static const enum instance_state states[] = {
        INSTANCE_NOT_DEPLOYED, INSTANCE_INSTALLED, INSTANCE_NOT_DEPLOYED, INSTANCE_PERSONALIZED,
        INSTANCE_NOT_DEPLOYED, INSTANCE_ACTIVATED, INSTANCE_NOT_DEPLOYED, INSTANCE_ACTIVATED};
    return states[done & COMMAND_STEPS];
}

/* Missing steps are performed again, or all of them; an empty list mends nothing. */
static bool mends(unsigned list, const struct instance_life *now)
{
    return is_supported(INSTANCE_NOT_DEPLOYED, list) ||
           (list && !(list & now->done & COMMAND_STEPS) && is_supported(reached(now->done), list));
}

static bool may_deploy(unsigned list, const struct instance_life *now)
{
    if (now->state == INSTANCE_IN_ERROR)
        return mends(list, now);
    return is_supported(now->state, list) && !(list & now->done & COMMAND_STEPS);
}

static bool may_update(unsigned list, const struct instance_life *now)
{
    bool begins = now->state == INSTANCE_OPERATIONAL || now->state == INSTANCE_SUSPENDED ||
                  (now->state == INSTANCE_IN_ERROR && now->update_failed);
    return begins && is_supported(INSTANCE_NOT_DEPLOYED, list);
}

enum tsm_err commands_judge(enum operation op, const struct command_list *list,
                            const struct instance_life *now, unsigned *mask)
{
    struct instance_life seen = *now;
    TRY(read_list(op, list, mask));
    if (now->orphaned)
        return FAIL(ORPHANED, "the flavor of the service instance was removed: it can only be suspended, "
                              "resumed or terminated");
    if (is_in_order(list, *mask) &&
        (op == OP_UPDATE ? may_update(*mask & ORDERED, now) : may_deploy(*mask & ORDERED, now)))
        return TSM_OK;
    if (now->state == INSTANCE_IN_ERROR && list->n && list->at[0] != COMMAND_INSTALL)
        seen.state = reached(now->done);
    return explain(list, &seen);
}

/* Suspending what is suspended, and resuming what is not, is no failure [4.2.5.5]. */
static enum tsm_err judge_other(enum operation op, const struct instance_life *now)
{
    bool deployed = now->state == INSTANCE_OPERATIONAL || now->state == INSTANCE_SUSPENDED;
    if (op == OP_TERMINATE)
        return now->state != INSTANCE_REMOVED ? TSM_OK
                                              : FAIL(WRONG_STATE, "the service instance was terminated");
    if (op == OP_EXCHANGE) {
        if (now->orphaned)
            return FAIL(ORPHANED, "the flavor of the service instance was removed: it can only be suspended, "
                                  "resumed or terminated");
        return now->state == INSTANCE_OPERATIONAL
                   ? TSM_OK
                   : FAIL(WRONG_STATE, "exchange needs an operational instance, this one is %s",
                          instance_state_word(now->state));
    }
    return deployed
               ? TSM_OK
               : no_transfer(now->state, op == OP_SUSPEND ? INSTANCE_SUSPENDED : INSTANCE_OPERATIONAL, "");
}

enum tsm_err life_judge(enum operation op, unsigned mask, const struct instance_life *now)
{
    struct command_list list;
    unsigned same;
    if (op != OP_DEPLOY && op != OP_UPDATE)
        return judge_other(op, now);
    commands_list(mask, &list);
    return commands_judge(op, &list, now, &same);
}

int service_operation(enum operation op, unsigned mask)
{
    enum { DEPLOY = 10, UPDATE = 20, PERSONALISATION = 1, ACTIVATION = 2, FINALISED = 3 };
    static const int others[OPERATIONS] = {[OP_SUSPEND] = 30, [OP_RESUME] = 31, [OP_TERMINATE] = 40};
    int last = 0;
    if (op != OP_DEPLOY && op != OP_UPDATE)
        return others[op];
    if (mask & COMMAND_FINALISE)
        last = FINALISED;
    else if ((mask & COMMAND_PERSONALISE) &&
             (!(mask & COMMAND_ACTIVATE) || (mask & COMMAND_PERSONALISE_LAST)))
        last = PERSONALISATION;
    else if (mask & COMMAND_ACTIVATE)
        last = ACTIVATION;
    return (op == OP_UPDATE ? UPDATE : DEPLOY) + last;
}
