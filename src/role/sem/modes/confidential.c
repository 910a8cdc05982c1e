/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's part of a confidential hand-over: certificates out, groupings in, the card's answer out; it
 * never holds a key of the domain. Stations 6 and 7. Role. [gp/casd/casd.h; capability S7] */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "order/manage/confidential.h"
#include "order/manage/mode.h"
#include "role/sem/modes/steps.h"

enum { GROUPINGS_MAX = 2048 };

void confidential_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer)
{
    if (!strcmp(step->name, "READ_CASD") || is_key_set_up(step))
        t->told = arena_copy(t->arena, answer->data);
}

static enum tsm_err add_hex(json_t *o, const char *name, struct bytes value)
{
    char *text = malloc(2 * value.len + 1);
    NEED(text != NULL, NO_MEMORY);
    json_object_set_new(o, name, json_string(hex_text(value, text)));
    free(text);
    return TSM_OK;
}

/* With a channel of its own the provider goes on at once; through the CASD its groupings come next. */
enum tsm_err confidential_hand_over(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    bool by_casd = t->domain.hand_over != HAND_OVER_SCP11;
    char aid[33];
    json_t *o;
    if (by_casd && t->told.len == 0)
        return FAIL(CARD_REFUSED,
                    "the secure element shows no certificates of a Controlling Authority's domain");
    if (!by_casd) {
        TRY(db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_HANDED_OVER, t->domain.tar));
        TRY(audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), "domain.handed-over", "{}"}));
    }
    o = json_pack("{ss sI}", "aid", hex_text(BYTES_OF(t->domain.aid, t->domain.aid_len), aid), "tar",
                  (json_int_t)t->domain.tar);
    NEED(o != NULL, NO_MEMORY);
    *reply = o;
    return by_casd ? add_hex(o, "certificates", t->told) : TSM_OK;
}

enum tsm_err set_up_read(struct turn *t, struct arena *arena)
{
    uint8_t *room = arena_get(arena, GROUPINGS_MAX);
    size_t n;
    NEED(room != NULL, NO_MEMORY);
    TRY(json_member_hex(t->body, "groupings", room, GROUPINGS_MAX, &n));
    t->facts.domain_keys = BYTES_OF(room, n);
    return TSM_OK;
}

enum tsm_err set_up_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    enum tsm_err e = domain_known(tx, &t->el, &t->domain);
    (void)nothing;
    if (e == TSM_NOT_FOUND)
        return FAIL(WRONG_STATE, "the provider has no security domain of this AID on the secure element");
    TRY(e);
    TRY(domain_of_holder(&t->domain, provider));
    return t->domain.state == DOMAIN_CREATED && hand_over_is_confidential(t->domain.hand_over)
               ? TSM_OK
               : FAIL(WRONG_STATE, "the security domain does not wait for keys");
}

/* An order before this one may have brought them, and its answer was lost. */
bool set_up_may_be_done(const struct turn *t)
{
    return t->domain.hand_over != HAND_OVER_SCP11;
}

/* The verdict of a probe alone: what the card refuses by a status word it would refuse in a new domain, too.
 * The card agrees with the same groupings again, under a random number of its own: other keys. */
bool set_up_turn_back(struct turn *t)
{
    bool unheard = t->talk.refused && t->state.phase == TALK_PROBING && is_key_set_up(t->talk.said);
    if (!unheard || t->domain.hand_over != HAND_OVER_CASD_PULL)
        return false;
    failure_set(&t->talk.failure, OWNER_DEVICE, "look at the device and its agent, then order again",
                "the card's answer was lost, and what the keys are made of with it");
    if (t->stage >= SET_UP_ANEW_MAX)
        return false;
    t->stage++;
    return true;
}

enum tsm_err set_up_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    json_t *o = json_object();
    NEED(o != NULL, NO_MEMORY);
    *reply = o;
    TRY(db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_HANDED_OVER, t->domain.tar));
    TRY(audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), "domain.handed-over", "{}"}));
    return add_hex(o, "answer", t->told);
}
