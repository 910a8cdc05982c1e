/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts as plans. Station 5. Pure. [docs/personalisation.md; GPCS 11.11] */
#include "order/played/played.h"

#include <string.h>

#include "gp/command/store_data.h"
#include "gp/content/dgi.h"
#include "order/manage/content.h"

enum { APPLICATION = 0, SHORT_HEAD = 5, GROUPINGS_ROOM = PROFILE_DGIS_MAX * (PROFILE_VALUE_MAX + 8) };

static const struct script_step *step_at(const struct plan_facts *f, int arg)
{
    return &f->played->script->step[arg];
}

/* A run of its own: INSTALL [for personalization], then the groupings; encrypted and clear ones never share a
 * command [EMV CPS 3.2.7]. */
static enum tsm_err store_groupings(const struct plan_facts *f, const struct script_output *made,
                                    struct writer *w, struct script *out)
{
    struct store_part parts[PROFILE_DGIS_MAX];
    struct store_plan plan;
    TRY(script_personalization(out, application_aid(f, APPLICATION)));
    for (size_t i = 0; i < made->n; i++) {
        size_t from = w->len;
        TRY(dgi_write(w, made->dgi[i].id, made->dgi[i].value));
        parts[i] = (struct store_part){
            .data = written_since(w, from),
            .p1 = (made->dgi[i].encrypted ? STORE_ENCRYPTED : STORE_NO_ENCRYPTION) | STORE_DGI};
    }
    TRY(store_plan_make(parts, made->n, f->data_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

static enum tsm_err build_store(const struct plan_facts *f, const struct script_output *made,
                                struct script *out)
{
    uint8_t room[GROUPINGS_ROOM];
    struct writer w = WRITER(room);
    enum tsm_err e = store_groupings(f, made, &w, out);
    explicit_bzero(room, w.len);
    return e;
}

static enum tsm_err build(const struct plan_facts *f, int arg, struct script *out)
{
    const struct script_output *made = f->played->made;
    const struct script_step *s = step_at(f, arg);
    NEED(made != NULL && f->played->made_of == (size_t)arg, WRONG_STATE);
    if (s->to == TO_APPLICATION && f->profile->protocol == 0x80)
        return FAIL(NEEDS_BETTER_LINK, "step %s is for the application itself, which no packet reaches",
                    s->name);
    if (made->store)
        return build_store(f, made, out);
    for (size_t i = 0; i < made->n; i++) {
        size_t mark = script_mark(out);
        if (made->command[i].len > f->data_max + SHORT_HEAD)
            return FAIL(NEEDS_BETTER_LINK, "step %s: a command is longer than the %zu octets that go at once",
                        s->name, f->data_max);
        TRY(write_span(&out->store, made->command[i]));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

static enum tsm_err probe(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return probe_registry(STATUS_APPLICATIONS, application_aid(f, APPLICATION), out);
}

/* No registry that all cards share tells how far an application has come: the step begins again. */
static enum verdict judge_again(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    (void)a;
    (void)n;
    return VERDICT_NOT_DONE;
}

static bool is_not_due(const struct plan_facts *f, int arg)
{
    return step_at(f, arg)->when.is && !f->played->due(f->played->self, (size_t)arg);
}

static bool is_fine(const struct plan_facts *f, int arg, uint16_t sw)
{
    return step_at(f, arg)->expect_n && script_expects(step_at(f, arg), sw);
}

/* An application is asked nothing: what it is sent may be sent again, or not at all (once). */
static struct plan_step step_of(const struct script_step *s, int arg)
{
    return (struct plan_step){.name = s->name,
                              .text = "a step of the personalisation script",
                              .domain = s->to == TO_APPLICATION ? IN_APPLICATION : IN_PROVIDER,
                              .arg = arg,
                              .build = build,
                              .changes_card = !s->reads && s->to == TO_DOMAIN && !s->once,
                              .probe = probe,
                              .judge = judge_again,
                              .needless = is_not_due,
                              .fine = is_fine,
                              .once = s->once};
}

bool played_step_of(const struct plan_step *step, size_t *number)
{
    *number = (size_t)step->arg;
    return step->build == build;
}

size_t played_prologue(const struct script_step *s)
{
    return s->apdu ? 0 : 1;
}

/* The steps behind the personalisation by a profile are those behind this one, too. */
void played_plan_make(const struct perso_script *script, struct played_plan *out)
{
    size_t n = 0;
    for (size_t i = 0; i < script->n; i++)
        out->step[n++] = step_of(&script->step[i], (int)i);
    for (size_t i = 1; i < plan_personalise.n && n < PLAYED_STEPS_MAX; i++)
        out->step[n++] = plan_personalise.steps[i];
    out->plan = (struct plan){.name = plan_personalise.name, .steps = out->step, .n = n};
}
