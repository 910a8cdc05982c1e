/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange asked for by a job, in the commit of its turn. Stations 6 and 8. Edge. [DESIGN 4, rules 1 and
 * 2] */
#include "engine/turn/ask.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/element/line.h"

enum { KEY_MAX = HOLDER_MAX + 12 }; /* a dot and the number behind the holder */

static void holder_of(const struct job *job, char kind, char out[HOLDER_MAX])
{
    snprintf(out, HOLDER_MAX, "%c%lld", kind, (long long)job->id);
}

void exchange_wait(struct job *job)
{
    job->next.state = JOB_SENT;
    job->next.due = job->deadline;
}

static char *body_of(const struct exchange_ask *a, const char *holder)
{
    json_t *o = json_pack("{so so ss}", "se", a->se, "payload", a->payload, "holder", holder);
    char *text;
    if (o && a->care)
        json_object_set_new(o, "care", json_true());
    if (o && a->firm)
        json_object_set_new(o, "firm", json_true());
    text = o ? json_text(o) : NULL;
    json_decref(o);
    return text;
}

enum tsm_err exchange_ask(struct tx *tx, struct job *job, const struct exchange_ask *a)
{
    char key[KEY_MAX], holder[HOLDER_MAX], *text;
    struct partner_ask ask = {.party = job->party,
                              .peer = job->party,
                              .job = job->id,
                              .verb = VERB_SEND_SCRIPT,
                              .key = key,
                              .trace = BYTES(job->trace)};
    enum tsm_err e;
    holder_of(job, a->kind, holder);
    snprintf(key, sizeof key, "%s.%u", holder, a->number);
    text = body_of(a, holder);
    NEED(text != NULL, NO_MEMORY);
    ask.body = text;
    e = partner_ask(a->partners, tx, &ask);
    free(text);
    exchange_wait(job);
    return e;
}

enum tsm_err exchange_let_go(struct tx *tx, const struct job *job, char kind)
{
    char holder[HOLDER_MAX];
    holder_of(job, kind, holder);
    return line_end(tx, job->se, holder);
}
