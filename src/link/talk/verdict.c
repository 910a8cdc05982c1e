/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers mean: the step goes on, is done, begins again, failed, or the card is asked what became of
 * it. Stations 10 and 11. Edge. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "gp/command/describe.h"
#include "link/talk/inside.h"

/* The step is not done: all of it once more. */
static enum talk_event begin_again(struct talk *t)
{
    struct talk_state *st = t->state;
    st->phase = TALK_COMMANDS;
    st->position = 0;
    if (++st->redo <= PLAN_REDO_MAX)
        return TALK_GO_ON;
    failure_set(&t->failure, OWNER_SE, "audit the secure element",
                "%s was begun %d times and is still not done", talk_step(t)->name, PLAN_REDO_MAX);
    return TALK_FAILED;
}

/* What the step did is asked of the card; if it is not done, it begins again. No question is spent on a step
 * of which no registry tells: each more is one more that the network may lose. */
static enum talk_event probe(struct talk *t)
{
    struct talk_state *st = t->state;
    st->phase = talk_step(t)->changes_card ? TALK_PROBING : TALK_COMMANDS;
    st->position = st->assumed = 0;
    return talk_step(t)->untold ? begin_again(t) : TALK_GO_ON;
}

/* An answer did not come: the channel is gone, and what became of a change is asked of the card. */
static enum talk_event lost(struct talk *t, const char *reason, enum fault_owner owner)
{
    struct talk_state *st = t->state;
    bool opening = st->channel_state == CHANNEL_OPENING;
    st->channel_state = CHANNEL_NONE;
    if (!opening && talk_step(t)->once && st->phase == TALK_COMMANDS) {
        failure_set(&t->failure, owner,
                    "audit the secure element, then terminate and deploy the service anew",
                    "%s: its answer was lost (%s), and it may not be sent twice", talk_step(t)->name, reason);
        return TALK_FAILED;
    }
    if (++st->losses > TALK_LOSSES_MAX) {
        failure_set(&t->failure, owner,
                    "look at device and network; order again when the secure element can be reached",
                    "%s: %d answers in a row were lost (%s)", talk_step(t)->name, TALK_LOSSES_MAX, reason);
        return TALK_FAILED;
    }
    if (opening)
        return TALK_GO_ON;
    if (st->phase == TALK_PROBING) { /* the question begins anew */
        st->position = 0;
        return TALK_GO_ON;
    }
    return probe(t);
}

static enum talk_event lost_some(struct talk *t)
{
    if (t->state->jump) /* it said "counter low" */
        return lost(t, "the card has had the packet, and its proof of receipt did not come", OWNER_OTA);
    return lost(t, "fewer answers than commands", OWNER_DEVICE);
}

static enum talk_event step_done(struct talk *t)
{
    struct talk_state *st = t->state;
    st->step++;
    talk_step_begin(t);
    talk_pass_needless(t);
    return st->step == t->plan->n ? TALK_DONE : TALK_STEP_DONE;
}

static enum talk_event judge(struct talk *t, const struct replies *r)
{
    struct talk_state *st = t->state;
    enum verdict v = talk_step(t)->judge(t->facts, talk_step(t)->arg, r->answer, r->n);
    if (st->control)
        return control_holds(t, r) ? step_done(t) : TALK_FAILED;
    if (v == VERDICT_DONE && control_due(t, r)) {
        st->control = 1;
        return TALK_GO_ON;
    }
    if (v == VERDICT_DONE)
        return step_done(t);
    if (v == VERDICT_REFUSED) {
        t->refused = true;
        failure_set(&t->failure, OWNER_SE,
                    "look at what the secure element supports, and at the data that it keeps",
                    "%s: the secure element says that it cannot be done", talk_step(t)->name);
        return TALK_FAILED;
    }
    return begin_again(t);
}

static bool is_said_fine(const struct talk *t, const struct plan_step *step, uint16_t sw)
{
    return t->state->phase == TALK_COMMANDS && step->fine && step->fine(t->facts, step->arg, sw);
}

/* A probe may find nothing; refused, it says nothing of the step, and to take that for "not there" would call
 * a refused deletion done. */
static bool is_fine(struct talk *t, const struct plan_step *step, uint16_t sw, const char *what)
{
    return (t->state->phase == TALK_PROBING && sw == SW_NOT_FOUND) || is_said_fine(t, step, sw) ||
           outcome_of_sw(step, sw, what, &t->failure) == OUTCOME_GO_ON;
}

/* The step goes on behind these commands; where one was only assumed to be fine, the card has the last word.
 */
static enum talk_event advance(struct talk *t, const struct scene *s, size_t n)
{
    struct talk_state *st = t->state;
    st->position = (uint16_t)(st->position + n);
    if (st->position < s->script.n)
        return TALK_GO_ON;
    return st->assumed || s->step->confirm ? probe(t) : step_done(t);
}

/* A checking error: the command was not begun [ISO 7816-4 5.6]. Without diagnosis nobody knows. */
static bool is_not_executed(uint16_t sw)
{
    return sw >= 0x6700 && sw < 0x6F00;
}

/* The answers to commands: each must be fine, then the step goes on behind them. */
static enum talk_event weigh(struct talk *t, const struct scene *s, const struct replies *r)
{
    struct talk_state *st = t->state;
    if (r->assumed) {
        st->assumed = 1;
        return advance(t, s, st->sent);
    }
    for (size_t i = 0; i < r->n; i++) {
        char what[200];
        struct bytes command = s->script.command[st->position + i];
        apdu_note(t, command, &r->answer[i]);
        gp_describe(command, what, sizeof what);
        if (!is_fine(t, s->step, r->answer[i].sw, what)) {
            if (st->assumed) {
                t->failure.reason[0] = 0;
                return probe(t); /* an earlier one was not fine */
            }
            t->refused = st->phase == TALK_COMMANDS;
            if (t->refused && st->position == 0 && st->sent == 1 && is_not_executed(r->answer[i].sw))
                st->changed = st->changed_before;
            return TALK_FAILED;
        }
        if (r->answer[i].sw == SW_NOT_FOUND && !is_said_fine(t, s->step, SW_NOT_FOUND) &&
            s->step->changes_card && st->phase == TALK_COMMANDS && !talk_by_packets(t))
            st->assumed = 1; /* no R-MAC stands behind it: the probe decides */
        if (t->heard && st->phase == TALK_COMMANDS)
            t->heard(t->self, s->step, st->position + i, &r->answer[i]);
    }
    if (r->fewer)
        return lost_some(t);
    st->losses = 0;
    if (st->phase == TALK_PROBING && !st->control && (size_t)st->position + r->n < s->script.n) {
        st->position = (uint16_t)(st->position + r->n); /* a question of several commands goes on */
        return TALK_GO_ON;
    }
    if (st->phase == TALK_PROBING)
        return judge(t, r);
    return advance(t, s, r->n);
}

/* What the card said does not follow its standard: no party of ours can correct that by ordering otherwise.
 */
static bool is_unreadable(enum tsm_err e)
{
    return e == TSM_SHORT_INPUT || e == TSM_TRAILING_BYTES || e == TSM_BAD_VALUE || e == TSM_BAD_LENGTH ||
           e == TSM_DUPLICATE_TAG;
}

static enum tsm_err read_answers(struct talk *t, const json_t *answers, struct replies *r,
                                 enum talk_event *event)
{
    SCENE *s = NULL;
    enum tsm_err e;
    r->store = WRITER(r->bytes);
    t->failure.reason[0] = 0;
    TRY(scene_make(t, &s));
    e = talk_by_packets(t) ? packet_read(t, s, answers, r) : session_read(t, s, answers, r);
    if (e != TSM_OK && is_unreadable(e))
        failure_set(
            &t->failure, OWNER_SE, "compare the profile of the secure element with the card, then audit it",
            "an answer of the secure element cannot be read: %s", err_cause()[0] ? err_cause() : err_text(e));
    else
        TRY(e);
    if (t->failure.reason[0] && !r->again)
        *event = TALK_FAILED;
    else if (r->listen)
        *event = TALK_LISTEN;
    else if (r->again)
        *event = TALK_GO_ON;
    else
        *event = weigh(t, s, r);
    return TSM_OK;
}

enum tsm_err talk_read(struct talk *t, const json_t *reply, enum talk_event *event)
{
    const json_t *answers = json_object_get(reply, "answers"), *refused = json_object_get(reply, "failure");
    const char *reason = json_string_value(json_object_get(reply, "reason"));
    struct replies *r;
    enum tsm_err e;
    t->said = talk_step(t);
    if (refused) {
        failure_read(&t->failure, refused);
        if (!json_is_true(json_object_get(reply, "sent")))
            t->state->changed = t->state->changed_before; /* nothing left */
        *event = TALK_FAILED;
        return TSM_OK;
    }
    if (!json_is_array(answers)) {
        *event = lost(t, reason ? reason : "no answer", talk_by_packets(t) ? OWNER_OTA : OWNER_DEVICE);
        return TSM_OK;
    }
    r = calloc(1, sizeof *r);
    NEED(r != NULL, NO_MEMORY);
    e = read_answers(t, answers, r, event);
    explicit_bzero(r->bytes, sizeof r->bytes);
    free(r);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_of_error(&t->failure, e, err_cause());
    t->denied = e == TSM_CRYPTOGRAM_WRONG;
    *event = TALK_FAILED;
    return TSM_OK;
}
