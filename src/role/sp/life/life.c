/* SPDX-License-Identifier: Apache-2.0 */
/* States of an instance on its order's way. Stations 4 to 12. Role. [TR-03165 3.2.2] */
#include "role/sp/life/life.h"

#include "base/json.h"
#include "role/sp/modes/managed.h"
#include "role/sp/turn_writes.h"

/* Of the order's progress: service commands that it has executed. */
#define WORD_EXECUTED "executed"
/* The instance was made for its element before the order [4.2.5.1]. */
#define WORD_CREATED "created"

/* An update without version is the newest revision of a load file under what runs: no state is left for it.
 */
static bool has_commands(const struct turn *t)
{
    return t->order.operation == OP_DEPLOY || (t->order.operation == OP_UPDATE && t->order.version[0]);
}

enum tsm_err life_begin(struct turn *t, struct tx *tx)
{
    if (t->order.started)
        return TSM_OK;
    if (t->instance.element[0])
        json_object_set_new(t->progress, WORD_CREATED, json_true());
    t->order.started = tx_now(tx);
    t->order.start_state = t->instance.state;
    return db_exec(tx, SQL_LIFE_ORDER_BEGAN, t->order.id, t->order.started, t->order.start_state);
}

static enum tsm_err set_done(struct turn *t, struct tx *tx, unsigned done)
{
    if (done == t->instance.done)
        return TSM_OK;
    t->instance.done = done;
    return db_exec(tx, SQL_LIFE_SET_DONE, t->instance.id, (int64_t)done);
}

static enum tsm_err executed(struct turn *t, struct tx *tx, enum service_command command)
{
    unsigned done = command == COMMAND_INSTALL ? 0 : t->instance.done;
    int event = command == COMMAND_INSTALL       ? EV_INSTALLED
                : command == COMMAND_PERSONALISE ? EV_PERSONALIZED
                                                 : EV_ACTIVATED;
    if (command == COMMAND_ACTIVATE)
        done = (done & ~(unsigned)COMMAND_SUSPENDED) | (t->order.commands & COMMAND_SUSPENDED);
    TRY(set_done(t, tx, done | command));
    return turn_instance_event(t, tx, event);
}

bool is_absent(const struct turn *t, const struct step *step)
{
    return (step->modes && !(step->modes & 1U << t->mode)) ||
           (step->commands && !(step->commands & t->order.commands)) || (step->absent && step->absent(t));
}

static bool has_steps_left(const struct turn *t, size_t next, enum service_command command)
{
    for (size_t i = next; i < t->process->n; i++) {
        const struct step *step = &t->process->steps[i];
        if ((step->commands & command) && !is_absent(t, step))
            return true;
    }
    return false;
}

/* Something of the former version is still to be removed, or to be replaced under the applications. */
static bool former_is_there(const struct turn *t, size_t next)
{
    for (size_t i = next; i < t->process->n; i++) {
        const struct step *step = &t->process->steps[i];
        if ((step->removes || (!step->plan && step->verb == VERB_UPGRADE)) && !is_absent(t, step))
            return true;
    }
    return false;
}

enum tsm_err life_advance(struct turn *t, struct tx *tx, size_t next)
{
    unsigned run = (unsigned)json_integer_value(json_object_get(t->progress, WORD_EXECUTED));
    struct command_list list;
    if (!has_commands(t))
        return TSM_OK;
    if (t->order.operation == OP_UPDATE) {
        if (former_is_there(t, next))
            return TSM_OK;
        TRY(update_begins(t, tx));
    }
    commands_list(t->order.commands, &list);
    for (size_t i = 0; i < list.n; i++) {
        if (run & list.at[i])
            continue;
        if (has_steps_left(t, next, list.at[i]))
            break;
        TRY(executed(t, tx, list.at[i]));
        run |= list.at[i];
    }
    json_object_set_new(t->progress, WORD_EXECUTED, json_integer((json_int_t)run));
    return TSM_OK;
}

enum tsm_err life_finish(struct turn *t, struct tx *tx)
{
    bool held = (t->instance.done | t->order.commands) & COMMAND_SUSPENDED;
    if (t->order.operation == OP_TERMINATE)
        return life_forget(t, tx);
    if (!has_commands(t))
        return turn_instance_event(t, tx, last_event_of((enum operation)t->order.operation));
    if (!(t->order.commands & COMMAND_FINALISE))
        return TSM_OK;
    TRY(turn_instance_event(t, tx, EV_DEPLOYED));
    if (held)
        TRY(turn_instance_event(t, tx, EV_SUSPENDED));
    return set_done(t, tx, t->instance.done & COMMAND_STEPS);
}

/* Nothing came to the card: the instance is as before, and the element is free for another one; but what an
 * app knows stays where its eligibility check has put it [TR-03165 4.2.5.1]. */
static enum tsm_err back_to_start(struct turn *t, struct tx *tx)
{
    if (!t->instance.uuid[0] && !json_is_true(json_object_get(t->progress, WORD_CREATED)))
        TRY(db_exec(tx, SQL_INSTANCE_SET_ELEMENT, t->instance.id, ""));
    t->instance.state = INSTANCE_NOT_DEPLOYED;
    return db_exec(tx, SQL_INSTANCE_SET_STATE, t->instance.id, t->instance.state);
}

enum tsm_err life_fail(struct turn *t, struct tx *tx)
{
    if (t->order.operation == OP_EXCHANGE) /* the application is as whole as before */
        return TSM_OK;
    if (t->changed)
        return turn_instance_event(t, tx, EV_FAILED_AFTER_CHANGE);
    if (t->order.operation != OP_DEPLOY || t->instance.state != INSTANCE_INITIALIZED)
        return TSM_OK;
    return has_domain(t) ? turn_instance_event(t, tx, EV_FAILED_AFTER_CHANGE) : back_to_start(t, tx);
}

enum tsm_err life_end(struct turn *t, struct tx *tx)
{
    int operation = service_operation((enum operation)t->order.operation, t->order.commands);
    t->order.ended = tx_now(tx);
    t->order.end_state = t->instance.state;
    if (operation && (!t->failed || t->changed))
        TRY(db_exec(tx, SQL_LIFE_SET_LAST, t->instance.id, (int64_t)operation));
    return db_exec(tx, SQL_LIFE_ORDER_ENDED, t->order.id, t->order.ended, t->order.end_state);
}

enum tsm_err life_forget(struct turn *t, struct tx *tx)
{
    TRY(turn_remove_instance(t, tx));
    TRY(turn_say(t, tx, (struct note){.station = 11, .step = "STATE", .text = "the instance is gone"}));
    t->instance.state = INSTANCE_REMOVED;
    return db_exec(tx, SQL_LIFE_FLAVOR_UNUSED, t->instance.flavor, t->job->party);
}

enum tsm_err read_completion(struct turn *t, const json_t *reply)
{
    TRY(read_reach(t, reply));
    return takes_card_data(t) ? perso_judge(t) : TSM_OK;
}

bool takes_card_data(const struct turn *t)
{
    return (t->order.commands & COMMAND_PERSONALISE) && json_member(t->flavor, "perso_script")[0];
}

/* --- absent steps --- */

bool is_suspended(const struct turn *t)
{
    return t->instance.state == INSTANCE_SUSPENDED;
}

bool is_resumed(const struct turn *t)
{
    return t->instance.state == INSTANCE_OPERATIONAL;
}

static bool shall_be_held(const struct turn *t)
{
    return (t->instance.done | t->order.commands) & COMMAND_SUSPENDED;
}

/* Locked by an earlier order: the applications are still those. */
static bool is_locked(const struct turn *t)
{
    return t->order.operation == OP_UPDATE && t->order.start_state == INSTANCE_SUSPENDED &&
           is_no_reinstallation(t);
}

bool is_not_to_be_held(const struct turn *t)
{
    return !has_commands(t) || !shall_be_held(t) || is_locked(t);
}

bool is_not_held(const struct turn *t)
{
    return !has_commands(t) || shall_be_held(t) || !is_locked(t);
}

bool personalises_first(const struct turn *t)
{
    return !(t->order.commands & COMMAND_PERSONALISE_LAST) || stays_personalised(t);
}

bool personalises_later(const struct turn *t)
{
    return (t->order.commands & COMMAND_PERSONALISE_LAST) || stays_personalised(t);
}

bool activates_nothing(const struct turn *t)
{
    return no_own_directory(t) || stays_personalised(t);
}

bool lists_nothing(const struct turn *t)
{
    return shares_no_directory(t) || stays_personalised(t);
}

bool stays_listed(const struct turn *t)
{
    return is_no_reinstallation(t) || leaves_no_directory(t);
}

bool keeps_content(const struct turn *t)
{
    return is_no_reinstallation(t) || has_no_content(t);
}

bool keeps_all(const struct turn *t)
{
    return is_no_reinstallation(t) || has_nothing_to_delete(t);
}
