/* SPDX-License-Identifier: Apache-2.0 */
/* The plans of a change after issuance. A script whose answer was lost is settled by the application's own
 * counter of script commands: it is never sent twice on a guess. Station 5. Pure. [EMV Book 3 10.10] */
#include "order/issuer/plan_issuer.h"

#include "gp/command/store_data.h"
#include "gp/tlv.h"

enum {
    PAYMENT = 0,
    TEMPLATE_ROOM = 1536,
    GET_DATA_CLA = 0x80,
    GET_DATA_INS = 0xCA,
    READ_LEN = 5,
    TAG_ATC = 0x9F36,
    TAG_AC = 0x9F26,
    TAG_ANSWER_FORMAT_2 = 0x77,
    NUMBER = 2,
};

/* INSTALL [for personalization], then the template in blocks; the last one, of case 4, brings the answer. */
static enum tsm_err carry(const struct plan_facts *f, const struct bytes *commands, size_t n,
                          struct script *out)
{
    uint8_t room[TEMPLATE_ROOM];
    struct writer w = WRITER(room);
    struct store_part part = {.p1 = STORE_NO_ENCRYPTION | STORE_TLV | STORE_ANSWER};
    struct store_plan plan;
    TRY(script_personalization(out, application_aid(f, PAYMENT)));
    TRY(carry_write(commands, n, &w));
    part.data = written(&w);
    TRY(store_plan_make(&part, 1, f->data_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

struct reads {
    uint8_t at[CARRY_MAX][READ_LEN];
    struct bytes span[CARRY_MAX];
    size_t n;
};

static void add_get(struct reads *r, uint16_t tag)
{
    const uint8_t get[READ_LEN] = {GET_DATA_CLA, GET_DATA_INS, (uint8_t)(tag >> 8), (uint8_t)tag, 0};
    struct writer w = WRITER(r->at[r->n]);
    (void)write_span(&w, BYTES(get));
    r->span[r->n++] = written(&w);
}

static enum tsm_err build_ask(const struct plan_facts *f, int arg, struct script *out)
{
    const struct issuer_facts *i = f->issuer;
    struct reads r = {.n = 0};
    (void)arg;
    for (; r.n < i->rules->ask_n; r.n++)
        r.span[r.n] = BYTES_OF(i->rules->ask[r.n].at, i->rules->ask[r.n].len);
    add_get(&r, TAG_ATC);
    add_get(&r, i->rules->counter);
    if (i->asks_balance)
        add_get(&r, i->rules->balance);
    return carry(f, r.span, r.n, out);
}

static enum tsm_err build_script(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return carry(f, f->issuer->script, f->issuer->script_n, out);
}

static enum tsm_err probe_script(const struct plan_facts *f, int arg, struct script *out)
{
    const struct issuer_facts *i = f->issuer;
    struct reads r = {.n = 0};
    (void)arg;
    add_get(&r, i->rules->counter);
    for (size_t e = 0; e < i->effects_n; e++)
        r.span[r.n++] = BYTES_OF(i->effects[e].read, READ_LEN);
    return carry(f, r.span, r.n, out);
}

/* The value of an object that GET DATA gave whole. */
static enum tsm_err object(struct bytes answer, uint16_t tag, size_t len, struct bytes *value)
{
    struct bytes found;
    TRY(tlv_find(answer, tag, &found));
    NEED(found.len == len, BAD_LENGTH);
    *value = found;
    return TSM_OK;
}

static enum tsm_err number(struct bytes answer, uint16_t tag, uint16_t *out)
{
    struct bytes value;
    struct reader r;
    TRY(object(answer, tag, NUMBER, &value));
    r = READER(value);
    return read_u16(&r, out);
}

/* Records are compared whole, objects by their value. */
static bool shows(const struct change_effect *e, const struct carried *c)
{
    struct bytes value = c->data;
    if (e->read[1] == GET_DATA_INS &&
        object(c->data, (uint16_t)(e->read[2] << 8 | e->read[3]), e->len, &value) != TSM_OK)
        return false;
    return c->sw == SW_OK && bytes_equal(value, BYTES_OF(e->value, e->len));
}

static enum verdict judge_script(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    const struct issuer_facts *i = f->issuer;
    struct carried_answers said;
    uint16_t counter;
    (void)arg;
    if (i->refused)
        return VERDICT_REFUSED;
    if (n == 0 || carry_read(a[n - 1].data, &said) != TSM_OK || said.n != 1 + i->effects_n ||
        number(said.at[0].data, i->rules->counter, &counter) != TSM_OK)
        return VERDICT_REFUSED; /* the application does not tell: nothing is sent again on a guess */
    if (counter == i->counter)
        return VERDICT_NOT_DONE;
    if (counter != (uint16_t)(i->counter + i->script_n))
        return VERDICT_REFUSED;
    for (size_t e = 0; e < i->effects_n; e++)
        if (!shows(&i->effects[e], &said.at[1 + e]))
            return VERDICT_REFUSED;
    return VERDICT_DONE;
}

/* The cryptogram is in the answer to the last command of the scheme's own. */
static enum tsm_err cryptogram(const struct carried_answers *said, size_t asks, uint8_t ac[EMV_AC_LEN])
{
    struct bytes body, value;
    struct writer w = {ac, 0, EMV_AC_LEN};
    if (asks == 0)
        return TSM_OK;
    TRY(tlv_find(said->at[asks - 1].data, TAG_ANSWER_FORMAT_2, &body));
    TRY(object(body, TAG_AC, EMV_AC_LEN, &value));
    return write_span(&w, value);
}

enum tsm_err issuer_answers_read(const struct issuer_facts *f, struct bytes answer, struct issuer_said *out)
{
    size_t asks = f->rules->ask_n, expected = asks + 2 + f->asks_balance;
    struct carried_answers said;
    struct issuer_said found = {.counter = 0};
    struct bytes balance;
    TRY(carry_read(answer, &said));
    for (size_t i = 0; i < said.n; i++)
        if (said.at[i].sw != SW_OK)
            return FAIL(CARD_REFUSED, "the application answered command %zu with %04X before the script",
                        i + 1, said.at[i].sw);
    NEED(said.n == expected, SHORT_INPUT);
    TRY(cryptogram(&said, asks, found.place.ac));
    TRY(number(said.at[asks].data, TAG_ATC, &found.place.atc));
    TRY(number(said.at[asks + 1].data, f->rules->counter, &found.counter));
    if (f->asks_balance) {
        TRY(object(said.at[asks + 2].data, f->rules->balance, CHANGE_BALANCE, &balance));
        TRY(bytes_keep(balance, found.balance, sizeof found.balance, &found.balance_len));
    }
    *out = found;
    return TSM_OK;
}

static const struct plan_step ask_steps[] = {
    {.name = "ASK_APPLICATION",
     .text = "the application says where it stands",
     .domain = IN_PROVIDER,
     .build = build_ask},
};
static const struct plan_step script_steps[] = {
    {.name = "ISSUER_SCRIPT",
     .text = "the application carries out the issuer's commands",
     .domain = IN_PROVIDER,
     .build = build_script,
     .changes_card = true,
     .probe = probe_script,
     .judge = judge_script,
     .confirm = true},
};
const struct plan plan_issuer_ask = {.name = "issuer-ask", .steps = ask_steps, .n = 1};
const struct plan plan_issuer_script = {.name = "issuer-script", .steps = script_steps, .n = 1};
