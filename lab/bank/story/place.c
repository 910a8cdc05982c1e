/* SPDX-License-Identifier: Apache-2.0 */
/* One order of the story, from the post to its final state, station by station. Edge. */
#include "bank/story/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *body_of(struct story *s, const struct customer *c, const char *operation, const json_t *card)
{
    char reference[API_MAX_ID];
    snprintf(reference, sizeof reference, "%s-%s-%s", s->run, c->se_kind, operation);
    char *sealed = card ? bank_api_seal(&s->bank, card) : NULL;
    if (card && !sealed)
        return NULL;
    json_t *body = json_pack("{s:s,s:s,s:{s:s},s:i,s:s,s:s*}", "operation", operation, "service", s->service,
                             "se", c->se_kind, c->se_id, "deadline_s", STORY_DEADLINE_S, "client_ref",
                             reference, "data", sealed);
    free(sealed);
    return body;
}

static void show_problem(const json_t *answer, long status)
{
    story_line("the server answers %ld %s %s %s", status, bank_text(answer, "code"),
               bank_text(answer, "title"), bank_text(answer, "detail"));
}

/* The order's id must be fit for a path; the rest of the answer is for the screen. */
static json_t *post(struct story *s, struct customer *c, const char *operation, const json_t *card)
{
    long status = 0;
    json_t *body = body_of(s, c, operation, card);
    json_t *answer = body ? bank_api_call(&s->bank, "/api/v1/orders", body, &status) : NULL;
    json_decref(body);
    bool taken =
        (status == API_STATUS_ACCEPTED || status == API_STATUS_OK) && bank_is_id(bank_text(answer, "order"));
    if (taken) {
        story_line("order %s, trace %s", bank_text(answer, "order"), bank_text(answer, "trace"));
        snprintf(c->instance, sizeof c->instance, "%.*s", API_MAX_ID, bank_text(answer, "instance"));
        return answer;
    }
    show_problem(answer, status);
    json_decref(answer);
    return NULL;
}

static void on_step(void *phone, const json_t *step)
{
    (void)phone;
    story_step(step);
}

static bool go_on(void *phone)
{
    return story_phone_serves(phone);
}

static void record(struct story *s, const struct customer *c, const json_t *order, double seconds)
{
    json_array_append_new(s->orders,
                          json_pack("{s:s,s:s,s:s,s:s,s:s,s:f,s:O*,s:O*}", "customer", c->name, "operation",
                                    bank_text(order, "operation"), "order", bank_text(order, "order"),
                                    "trace", bank_text(order, "trace"), "state", bank_text(order, "state"),
                                    "seconds", seconds, "failure", json_object_get(order, "failure"),
                                    "timeline", json_object_get(order, "timeline")));
}

static void tell_end(const json_t *order, double seconds)
{
    const json_t *failure = json_object_get(order, "failure");
    story_line("%s after %.1f s", order ? bank_text(order, "state") : "unknown", seconds);
    if (failure)
        story_line("%s: %s; next: %s", bank_text(failure, "owner"), bank_text(failure, "reason"),
                   bank_text(failure, "next_action"));
}

bool story_place(struct story *s, struct customer *c, const char *operation, const json_t *card)
{
    char name[STORY_MAX_TEXT];
    struct phone phone = {0};
    const struct bank_watcher watcher = {on_step, go_on, &phone, STORY_ORDER_S};
    long long start = story_now_ms();
    snprintf(name, sizeof name, "%s is DONE", operation);
    json_t *answer = post(s, c, operation, card);
    if (!answer)
        return story_check(s, c, false, name, "the order was not accepted");
    const json_t *seram = json_object_get(answer, "seram");
    if (seram && !story_phone_start(s, c, seram, &phone))
        story_line("the handset cannot be started");
    json_t *order = bank_api_follow(&s->bank, bank_text(answer, "order"), &watcher);
    double seconds = (double)(story_now_ms() - start) / 1000;
    bool done = strcmp(bank_text(order, "state"), "DONE") == 0;
    tell_end(order, seconds);
    record(s, c, order ? order : answer, seconds);
    if (!c->first_order[0])
        snprintf(c->first_order, sizeof c->first_order, "%s", bank_text(answer, "order"));
    story_check(s, c, done, name, bank_text(answer, "order"));
    if (phone.pid) {
        int status = story_phone_end(&phone, done ? STORY_HANDSET_S : 0);
        if (done)
            story_check(s, c, status == 0, "the handset's session ends with Stop", "");
    }
    json_decref(order);
    json_decref(answer);
    return done;
}
