/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm perso try`: a script played dry, with answers given by hand or by a software element. App.
 * [docs/personalisation.md] */
#include <stdio.h>
#include <unistd.h>

#include "app/perso/perso.h"
#include "base/hex.h"
#include "gp/command/select.h"

enum { ANSWER_ROOM = 258, STEP_ROOM = PROFILE_DGIS_MAX * PROFILE_VALUE_MAX, SW_FINE = 0x9000, NOBODY = -1 };

struct playing {
    struct perso_args *a;
    int fd, given; /* NOBODY, or the element; answers used up */
};

static enum tsm_err answer_of(struct playing *p, struct bytes command, struct writer *w)
{
    size_t len;
    if (p->fd != NOBODY)
        return element_ask(p->fd, command, w);
    if (p->given >= p->a->answers)
        return write_u16(w, SW_FINE);
    TRY(hex_read(p->a->answer[p->given++], w->at, w->cap, &len));
    w->len = len;
    return TSM_OK;
}

static enum tsm_err exchange(struct playing *p, struct bytes command, size_t step, size_t number)
{
    uint8_t room[ANSWER_ROOM];
    char sent[2 * SCRIPT_COMMAND_MAX + 1], heard[2 * ANSWER_ROOM + 1];
    struct writer w = WRITER(room);
    struct bytes data;
    TRY(answer_of(p, command, &w));
    NEED(w.len >= 2, SHORT_INPUT);
    printf("%-20s > %s\n", p->a->play.script->step[step].name, hex_text(command, sent));
    if (p->fd != NOBODY || p->a->answers)
        printf("%-20s < %s\n", "", hex_text(written(&w), heard));
    TRY(bytes_part(written(&w), 0, w.len - 2, &data));
    return script_take(
        &p->a->play, step,
        (struct script_answer){number, data, (uint16_t)(room[w.len - 2] << 8 | room[w.len - 1])});
}

/* Groupings are told by name and length: their run goes through the domain. */
static void tell_groupings(const struct script_play *p, size_t step, const struct script_output *out)
{
    for (size_t i = 0; i < out->n; i++)
        printf("%-20s = %04X %zu octets%s\n", i ? "" : p->script->step[step].name, out->dgi[i].id,
               out->dgi[i].value.len, out->dgi[i].encrypted ? ", encrypted" : "");
}

static enum tsm_err play_step(struct playing *p, size_t step)
{
    static uint8_t room[STEP_ROOM];
    struct writer w = WRITER(room);
    struct script_output out;
    bool due = false;
    TRY(script_due(&p->a->play, step, &due));
    if (!due) {
        printf("%-20s not due\n", p->a->play.script->step[step].name);
        return TSM_OK;
    }
    p->a->play.v.trial = p->a->play.script->step[step].apdu == NULL; /* no keys are here */
    TRY(script_write(&p->a->play, step, &w, &out));
    p->a->play.v.trial = false;
    if (out.store)
        tell_groupings(&p->a->play, step, &out);
    for (size_t i = 0; !out.store && i < out.n; i++)
        TRY(exchange(p, out.command[i], step, i));
    return TSM_OK;
}

static enum tsm_err select_first(const struct playing *p)
{
    uint8_t room[ANSWER_ROOM], command[64];
    struct writer w = WRITER(command), answer = WRITER(room);
    if (p->fd == NOBODY || !p->a->select_len)
        return TSM_OK;
    TRY(select_write(BYTES_OF(p->a->select, p->a->select_len), &w));
    TRY(element_ask(p->fd, written(&w), &answer));
    NEED(answer.len >= 2, SHORT_INPUT);
    return room[answer.len - 2] == 0x90 ? TSM_OK
                                        : FAIL(CARD_REFUSED, "SELECT was answered %02X%02X",
                                               room[answer.len - 2], room[answer.len - 1]);
}

enum tsm_err perso_try(struct perso_args *a, struct bytes json)
{
    static struct perso_script script;
    static struct card_record card;
    struct playing p = {.a = a, .fd = NOBODY};
    enum tsm_err e;
    TRY(perso_script_read(json, &script));
    TRY(perso_record(a, &card));
    a->play.script = &script;
    a->play.v.in.card = &card;
    a->play.inputs[FROM_ORDER] = a->inputs;
    a->play.inputs[FROM_PARAMETERS] = a->parameters;
    if (a->se)
        TRY(element_connect(a->se, &p.fd));
    e = select_first(&p);
    for (size_t step = 0; e == TSM_OK && step < script.n; step++)
        e = play_step(&p, step);
    if (p.fd != NOBODY)
        close(p.fd);
    explicit_bzero(&card, sizeof card);
    return e;
}
