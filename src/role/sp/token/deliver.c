/* SPDX-License-Identifier: Apache-2.0 */
/* One question to a token service provider over mutual TLS, again and again until it answers or the time is
 * over; the card number goes from one envelope into the other inside the vault. Station 6. Edge of the role.
 * [capability Y4] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "engine/mail/callback.h"
#include "role/sp/token/message.h"
#include "role/sp/token/token.h"
#include "vault/jose/jwk.h"
#include "vault/operation/forward.h"

enum {
    KEY_TEXT = 64,
    CALL_URL_MAX = TOKEN_URL_MAX + TOKEN_REF_MAX + 32,
    STATUS_GONE = 410,
    STATUS_NOT_FOUND = 404
};

/* One delivery between work and commit; in the job's arena. */
struct delivery {
    struct job *job;
    struct order order;
    struct instance instance;
    struct token_provider provider;
    json_t *what;
    struct bytes data;
    struct token_answer answer;
    char card[ORDER_DATA_MAX + 1];
    bool over; /* the order waits no more */
};

static void delivery_drop(void *delivery)
{
    struct delivery *d = delivery;
    token_provider_drop(&d->provider);
    json_decref(d->what);
}

static enum tsm_err load(struct tx *tx, void *arg)
{
    struct delivery *d = arg;
    ROWS r = {0};
    TRY(order_load(tx, d->job->party, d->job->ref, &d->order));
    d->over = order_is_final(d->order.state);
    if (d->over)
        return TSM_OK;
    TRY(instance_load(tx, d->job->party, d->order.instance, &d->instance));
    TRY(token_provider_load(tx, d->job->party, json_member(d->what, "provider"), &d->provider));
    TRY(db_first(tx, &r, SQL_ORDER_DATA, d->order.id));
    d->data = arena_copy(&d->job->arena, db_blob(&r, 0));
    NEED(d->data.at != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err enrol_text(struct sp *sp, struct delivery *d, char **out)
{
    struct writer w = {(uint8_t *)d->card, 0, sizeof d->card - 1};
    struct vault_party *vault;
    json_t *intake = NULL;
    TRY(sp->c.vault_of(sp->c.self, d->job->party, &vault));
    TRY(vault_card_forward(vault, d->data, d->provider.jwk, &w));
    d->card[w.len] = 0;
    TRY(vault_public_jwk(vault, VAULT_KEY_INTAKE, &intake));
    *out = token_request_text(&(struct token_request){
        .order = &d->order, .instance = &d->instance, .card = d->card, .reply_to = intake});
    json_decref(intake);
    NEED(*out != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err call(struct sp *sp, struct delivery *d, const char *path, const char *body,
                         struct http_answer *answer)
{
    char url[CALL_URL_MAX], key[KEY_TEXT], trace[TRACE_TEXT];
    struct http_client *client;
    struct http_call c = {.method = "POST",
                          .url = url,
                          .content_type = "application/json",
                          .body = bytes_of_text(body),
                          .trust = bytes_of_text(d->provider.certificate),
                          .n_fields = 2,
                          .fields = {{"Idempotency-Key", key}, {"Trace-Id", trace}}};
    TRY(sp->c.client_of(sp->c.self, d->job->party, &client));
    snprintf(url, sizeof url, "%s%s", d->provider.url, path);
    snprintf(key, sizeof key, "tok%lld", (long long)d->job->id);
    hex_text(BYTES(d->job->trace), trace);
    return http_client_call(client, &c, answer);
}

static enum tsm_err enrol(struct sp *sp, struct delivery *d)
{
    struct http_answer answer;
    char *text;
    enum tsm_err e;
    TRY(enrol_text(sp, d, &text));
    e = call(sp, d, "/tokens", text, &answer);
    free(text);
    TRY(e);
    e = http_answer_class(answer.status);
    if (e == TSM_OK)
        e = token_answer_read(BYTES_OF((const uint8_t *)answer.body, answer.size), &d->answer);
    http_answer_drop(&answer);
    return e;
}

/* A token that is gone is as good as deleted. */
static enum tsm_err tell(struct sp *sp, struct delivery *d, const char *state)
{
    struct http_answer answer;
    char path[TOKEN_REF_MAX + 32], *text = token_state_text(state);
    bool gone;
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    snprintf(path, sizeof path, "/tokens/%s/state", json_member(d->what, "reference"));
    e = call(sp, d, path, text, &answer);
    free(text);
    TRY(e);
    gone = !strcmp(state, "deleted") && (answer.status == STATUS_GONE || answer.status == STATUS_NOT_FOUND);
    e = gone ? TSM_OK : http_answer_class(answer.status);
    http_answer_drop(&answer);
    return e;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct delivery *d = arena_get(&job->arena, sizeof *d);
    const char *state;
    NEED(d != NULL, NO_MEMORY);
    TRY(arena_owns(&job->arena, delivery_drop, d));
    d->job = job;
    job->turn = d;
    TRY(json_read(job->body, &d->what));
    TRY(store_read(((struct sp *)self)->c.store, load, d));
    if (d->over)
        return TSM_OK;
    state = json_member(d->what, "state");
    return state[0] ? tell(self, d, state) : enrol(self, d);
}

static json_t *failed(const char *next, const char *reason)
{
    struct failure f;
    failure_set(&f, OWNER_TSP, next, "%s", reason);
    return json_pack("{so}", "failure", failure_json(&f));
}

static json_t *reply_of(const struct job *job, const struct delivery *d)
{
    char reason[FAILURE_TEXT_MAX];
    if (job->error) {
        snprintf(reason, sizeof reason,
                 "the token service provider gave no token or did not take the news: %.140s",
                 job->cause[0] ? job->cause : err_text(job->error));
        return failed("ask the token service provider, naming the trace id, and order again", reason);
    }
    if (json_member(d->what, "state")[0])
        return json_pack("{sb}", "told", 1);
    if (d->answer.status == TOKEN_DECLINED) {
        snprintf(reason, sizeof reason, "the token service provider gives no token for this card%s%s",
                 d->answer.reason[0] ? ": " : "", d->answer.reason);
        return failed("speak with the issuer of the card; another order will be declined, too", reason);
    }
    return json_pack("{ss ss ss}", "status", d->answer.status == TOKEN_VERIFY ? "verify" : "active",
                     "reference", d->answer.reference, "card", d->answer.card);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    const struct delivery *d = job->turn;
    json_t *what = NULL, *o;
    char *text;
    int64_t waiting;
    enum tsm_err e;
    (void)self;
    if (d && d->over)
        return TSM_OK;
    TRY(json_read(job->body, &what));
    waiting = json_integer_value(json_object_get(what, "job"));
    json_decref(what);
    o = reply_of(job, d);
    text = o ? json_text(o) : NULL;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = job_answer(tx, waiting, bytes_of_text(text));
    free(text);
    tx_note(tx);
    return e == TSM_NOT_FOUND ? TSM_OK : e; /* the order has ended meanwhile */
}

struct step_row sp_token_row(struct sp *sp)
{
    return (struct step_row){
        .kind = JOB_CALLBACK, .name = "token", .work = work, .commit = commit, .self = sp};
}
