/* SPDX-License-Identifier: Apache-2.0 */
/* What a verification sends, carried in the lane of callbacks: the code to the provider's address, the
 * question to its hook, whose answer decides. Stations 11 and 12. Edge of the role. [capability P11] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "link/callback.h"
#include "role/sp/turn_writes.h"
#include "role/sp/verify/verify.h"

enum { KEY_TEXT = 40, REASON_MAX = 160, CALLBACK_URL_MAX = 256 };
enum decision { APPROVE, DECLINE, STEP_UP, PENDING };
static const char *const decision_words[] = {"approve", "decline", "step-up", "pending", NULL};

/* One delivery between work and commit; in the job's arena. */
struct delivery {
    struct order order;
    struct verifying v;
    char url[CALLBACK_URL_MAX]; /* of callbacks */
    bool waits, told;
    int decision;
    char reason[REASON_MAX + 1];
    struct verify_code code;
};
struct loading {
    struct job *job;
    struct delivery *d;
};

static enum tsm_err load(struct tx *tx, void *arg)
{
    struct loading *l = arg;
    ROWS r = {0};
    enum tsm_err e;
    TRY(order_load(tx, l->job->party, l->job->ref, &l->d->order));
    TRY(db_first(tx, &r, SQL_PARTY_BY_ID, l->job->party));
    snprintf(l->d->url, sizeof l->d->url, "%s", db_text(&r, 1));
    e = verifying_load(tx, l->job->party, l->job->ref, &l->d->v);
    l->d->waits = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err begin(struct sp *sp, struct job *job, struct delivery **out, struct vault_party **vault)
{
    struct delivery *d = arena_get(&job->arena, sizeof *d);
    NEED(d != NULL, NO_MEMORY);
    *d = (struct delivery){.decision = PENDING};
    job->turn = d;
    TRY(store_read(sp->c.store, load, &(struct loading){job, d}));
    *out = d;
    return sp->c.vault_of(sp->c.self, job->party, vault);
}

static enum tsm_err tell_code(struct sp *sp, struct job *job)
{
    uint8_t letter[VERIFY_LETTER_MAX];
    struct writer w = {letter, 0, sizeof letter - 1};
    char key[KEY_TEXT], trace[TRACE_TEXT];
    struct callback_answer answer;
    struct callback c = {.key = key, .trace = trace, .json = (const char *)letter};
    struct vault_party *vault;
    struct delivery *d;
    enum tsm_err e;
    TRY(begin(sp, job, &d, &vault));
    if (!d->waits)
        return TSM_OK;
    if (!d->url[0])
        return FAIL(PEER_REFUSED, "the provider has no callback address that could hear the code");
    e = vault_unseal_data(vault, (uint64_t)job->ref, job->body, &w);
    letter[w.len] = 0;
    c.url = d->url;
    snprintf(key, sizeof key, "ac%lld", (long long)job->id);
    hex_text(BYTES(job->trace), trace);
    if (e == TSM_OK)
        e = callback_deliver(sp->c.client, &c, &answer);
    explicit_bzero(letter, sizeof letter);
    d->told = e == TSM_OK;
    return e;
}

/* What nobody can hear ends the order at once, and not when its time is over. */
static enum tsm_err no_way(struct tx *tx, const struct job *job, const char *what)
{
    char text[FAILURE_TEXT_MAX];
    struct verifying v;
    enum tsm_err e = verifying_load(tx, job->party, job->ref, &v);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    snprintf(text, sizeof text, "%s: %.160s", what, job->cause[0] ? job->cause : err_text(job->error));
    return verify_settle(tx, &v, utf8_clean(text));
}

static enum tsm_err say(struct tx *tx, const struct job *job, const char *step, const char *text)
{
    return note_add(tx, &(struct note){.party = job->party,
                                       .trace = BYTES(job->trace),
                                       .station = 12,
                                       .role = "sp",
                                       .step = step,
                                       .text = text});
}

static enum tsm_err code_work(void *self, struct job *job)
{
    return tell_code(self, job);
}

static enum tsm_err code_commit(void *self, struct tx *tx, struct job *job)
{
    const struct delivery *d = job->turn;
    (void)self;
    if (job->error)
        return no_way(tx, job, "the provider could not be told the activation code");
    return d && d->told ? say(tx, job, "CODE_TOLD", "the provider has the activation code") : TSM_OK;
}

static json_t *question_json(const struct delivery *d)
{
    char expires[TIME_TEXT];
    const struct order *o = &d->order;
    return json_pack("{ss so so ss s{ss} ss}", "event", "activation", "order",
                     json_sprintf("%lld", (long long)o->id), "instance",
                     json_sprintf("%lld", (long long)o->instance), "service", o->service, "se",
                     se_kind_words[o->se_kind], o->se_ref, "expires", time_text(d->v.expires, expires));
}

struct said {
    int decision;
    char reason[REASON_MAX + 1];
};
static const struct json_row said_rows[] = {
    {"decision", JSON_ENUM, offsetof(struct said, decision), 0, 0, JSON_NEEDED, decision_words},
    {"reason", JSON_TEXT, offsetof(struct said, reason), 0, REASON_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err read_decision(const struct http_answer *answer, struct delivery *d)
{
    struct said said = {.decision = PENDING};
    json_t *o;
    enum tsm_err e;
    e = json_read(BYTES_OF((const uint8_t *)answer->body, answer->size), &o);
    if (e != TSM_OK)
        return e == TSM_NO_MEMORY ? e : FAIL(PEER_REFUSED, "the hook's answer is no JSON");
    e = json_fill_known(o, said_rows, &said);
    json_decref(o);
    if (e != TSM_OK)
        return FAIL(PEER_REFUSED, "the hook says no approve, decline, step-up or pending as its decision");
    d->decision = said.decision;
    memcpy(d->reason, said.reason, sizeof d->reason);
    return TSM_OK;
}

static enum tsm_err call_hook(struct sp *sp, const struct job *job, struct delivery *d)
{
    char key[KEY_TEXT];
    json_t *o = question_json(d);
    char *text = o ? json_text(o) : NULL;
    struct http_call call = {.method = "POST",
                             .url = d->v.setting.url,
                             .content_type = "application/json",
                             .n_fields = 1,
                             .fields = {{"Idempotency-Key", key}}};
    struct http_answer answer;
    enum tsm_err e;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "hook%lld", (long long)job->id);
    call.body = bytes_of_text(text);
    e = http_client_call(sp->c.client, &call, &answer);
    free(text);
    TRY(e);
    e = http_answer_class(answer.status);
    if (e == TSM_OK)
        e = read_decision(&answer, d);
    http_answer_drop(&answer);
    return e;
}

/* Asked again until it decides. */
static enum tsm_err hook_work(void *self, struct job *job)
{
    struct sp *sp = self;
    struct vault_party *vault;
    struct delivery *d;
    TRY(begin(sp, job, &d, &vault));
    if (!d->waits || d->v.method != VERIFY_HOOK)
        return TSM_OK;
    TRY(call_hook(sp, job, d));
    d->told = true;
    if (d->decision == PENDING)
        return FAIL(BUSY, "the hook has not decided yet");
    return d->decision == STEP_UP ? verify_code_make(vault, &d->order, &d->v, &d->code) : TSM_OK;
}

static enum tsm_err decided(struct tx *tx, const struct job *job, const struct delivery *d)
{
    char text[FAILURE_TEXT_MAX];
    struct verifying v;
    enum tsm_err e = verifying_load(tx, job->party, job->ref, &v); /* it may be over since it was asked */
    if (e == TSM_NOT_FOUND || (e == TSM_OK && v.method != VERIFY_HOOK))
        return TSM_OK;
    TRY(e);
    if (d->decision == APPROVE)
        return verify_settle(tx, &v, NULL);
    if (d->decision == STEP_UP) {
        TRY(say(tx, job, "STEP_UP", "the provider's hook asks for an activation code, too"));
        return verify_code_give(tx, &v, &d->code, BYTES(job->trace));
    }
    snprintf(text, sizeof text, "the provider's hook declined the activation%s%s", d->reason[0] ? ": " : "",
             d->reason);
    return verify_settle(tx, &v, text);
}

static enum tsm_err hook_commit(void *self, struct tx *tx, struct job *job)
{
    const struct delivery *d = job->turn;
    (void)self;
    if (job->error)
        return no_way(tx, job, "the provider's hook gave no decision");
    return d && d->told ? decided(tx, job, d) : TSM_OK;
}

struct step_row sp_code_row(struct sp *sp)
{
    return (struct step_row){.kind = JOB_CALLBACK, .work = code_work, .commit = code_commit, .self = sp};
}

struct step_row sp_hook_row(struct sp *sp)
{
    return (struct step_row){.kind = JOB_CALLBACK, .work = hook_work, .commit = hook_commit, .self = sp};
}
