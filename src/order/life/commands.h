/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service commands of deploy and update, and in which state of an instance which list of them is allowed.
 * Stations 2 and 11. Pure. [TR-03165 3.2.2, 3.2.3, 4.2.4.2, 4.2.5.3 to 4.2.5.6]
 */
#ifndef TSM_ORDER_LIFE_COMMANDS_H
#define TSM_ORDER_LIFE_COMMANDS_H

#include "order/states.h"

/* Bits of an order; the first three are also what an instance has been through. */
enum service_command {
    COMMAND_INSTALL = 1,
    COMMAND_PERSONALISE = 2,
    COMMAND_ACTIVATE = 4,
    COMMAND_FINALISE = 8,
    COMMAND_SUSPENDED = 16,       /* suspensionControl of activate: once deployed, it is suspended */
    COMMAND_PERSONALISE_LAST = 32 /* activate comes before personalise */
};
enum {
    COMMAND_STEPS = COMMAND_INSTALL | COMMAND_PERSONALISE | COMMAND_ACTIVATE,
    COMMANDS_ALL = COMMAND_STEPS | COMMAND_FINALISE,
    COMMANDS_MAX = 3
};

/* As an app lists them: COMMAND_INSTALL, COMMAND_PERSONALISE, COMMAND_ACTIVATE in their order. */
struct command_list {
    enum service_command at[COMMANDS_MAX];
    size_t n;
    bool finalise, suspended;
};
/*
 * The list as an order has it. BAD_VALUE (field serviceCommands, 4 INVALID_ARGUMENT in the words of TR-03165
 * 4.2.4.4): a command twice, none without finalise, or an order of commands that no state allows.
 */
enum tsm_err commands_mask(enum operation op, const struct command_list *list, unsigned *mask);
/* "install", "personalise", "activate": the words of the order API, and back; BAD_VALUE for another. */
const char *service_command_word(enum service_command command);
enum tsm_err service_command_read(const char *word, enum service_command *out);
/* The list that a mask stands for. */
void commands_list(unsigned mask, struct command_list *out);

/* An instance as the rules see it. */
struct instance_life {
    enum instance_state state;
    unsigned done;      /* COMMAND_STEPS that were executed, COMMAND_SUSPENDED when activate asked for it */
    bool orphaned;      /* its flavor was removed */
    bool update_failed; /* in error by an update, which may be ordered again */
};

/*
 * May the app's list, in any order, be executed by deploy or update on this instance? *mask is the list as an
 * order has it. Errors, the cause in the words of TR-03165 4.2.4.4: BAD_VALUE (4 INVALID_ARGUMENT: a command
 * twice, or none without finalise), ORPHANED (12), WRONG_STATE (13 NOT_ALLOWED).
 */
enum tsm_err commands_judge(enum operation op, const struct command_list *list,
                            const struct instance_life *now, unsigned *mask);
/* The same for every operation, with the mask of an order; the others have no commands. */
enum tsm_err life_judge(enum operation op, unsigned mask, const struct instance_life *now);

/* What the TR counts as the operation: 10..13, 20..23, 30, 31, 40; 0 for operations it does not know. */
int service_operation(enum operation op, unsigned mask);
/* "UnderDeploymentInstalled": the state in the messages of the TR. */
const char *instance_state_name(int64_t state);

#endif
