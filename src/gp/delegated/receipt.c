/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts, from one table of what each is made over. Stations 6, 10 and 11. Pure. [GPCS C.5, Tables C-11 to
 * C-16] */
#include "gp/delegated/receipt.h"

#include <string.h>

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { MEMBERS_MAX = 5, PARAMETERS_MAX = 512, PRIVILEGES_MAX = 3, PRIVILEGES_SHORT = 1 };

enum member {
    END,
    LOAD_FILE,
    APPLICATION,
    APPLICATION_OR_NONE,
    OLD,
    OLD_OR_NONE,
    NEW,
    NEW_OR_NONE,
    PRIVILEGES,
    PARAMETERS
};

#define AT(member) offsetof(struct receipt_event, member)
static const struct form {
    size_t offset, min, max;
    bool or_none;
} forms[] = {
    [LOAD_FILE] = {AT(load_file), AID_MIN, AID_MAX, false},
    [APPLICATION] = {AT(application), AID_MIN, AID_MAX, false},
    [APPLICATION_OR_NONE] = {AT(application), AID_MIN, AID_MAX, true},
    [OLD] = {AT(domain), AID_MIN, AID_MAX, false},
    [OLD_OR_NONE] = {AT(domain), AID_MIN, AID_MAX, true},
    [NEW] = {AT(new_domain), AID_MIN, AID_MAX, false},
    [NEW_OR_NONE] = {AT(new_domain), AID_MIN, AID_MAX, true},
    [PRIVILEGES] = {AT(privileges), PRIVILEGES_SHORT, PRIVILEGES_MAX, true},
    [PARAMETERS] = {AT(parameters), 0, PARAMETERS_MAX, true},
};

static const struct kind {
    const char *word;
    enum member members[MEMBERS_MAX + 1];
} kinds[RECEIPTS_FOR] = {
    [RECEIPT_FOR_LOAD] = {"load", {LOAD_FILE, OLD}},
    [RECEIPT_FOR_INSTALL] = {"install", {LOAD_FILE, APPLICATION}},
    [RECEIPT_FOR_EXTRADITION] = {"extradition", {OLD, APPLICATION, NEW}},
    [RECEIPT_FOR_REGISTRY_UPDATE] = {"registry-update",
                                     {OLD_OR_NONE, APPLICATION_OR_NONE, NEW_OR_NONE, PRIVILEGES, PARAMETERS}},
    [RECEIPT_FOR_DELETE] = {"delete", {APPLICATION}},
    [RECEIPT_FOR_COMBINED] = {"combined", {LOAD_FILE, APPLICATION, OLD}},
};

const char *receipt_for_word(enum receipt_for kind)
{
    return (unsigned)kind < RECEIPTS_FOR ? kinds[kind].word : "unknown";
}

enum tsm_err receipt_for_read(const char *word, enum receipt_for *out)
{
    for (int i = 0; i < RECEIPTS_FOR; i++)
        if (strcmp(kinds[i].word, word) == 0) {
            *out = (enum receipt_for)i;
            return TSM_OK;
        }
    return FAIL(BAD_VALUE, "there is no receipt for \"%.40s\"", word);
}

static enum tsm_err check(const struct form *form, struct bytes value)
{
    if (value.len == 0 && form->or_none)
        return TSM_OK;
    if (value.len < form->min || value.len > form->max)
        return FAIL(BAD_LENGTH, "a member of the receipt has %zu octets, %zu to %zu are allowed", value.len,
                    form->min, form->max);
    NEED(form->max != PRIVILEGES_MAX || value.len != 2, BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err receipt_input(struct bytes confirmation_data, const struct receipt_event *event,
                           struct writer *w)
{
    const struct kind *kind = &kinds[event->kind];
    struct writer at = *w;
    size_t used = 0;
    TRY(write_span(&at, confirmation_data));
    for (size_t i = 0; kind->members[i] != END; i++) {
        const struct form *form = &forms[kind->members[i]];
        struct bytes value = *(const struct bytes *)((const char *)event + form->offset);
        TRY(check(form, value));
        TRY(tlv_write_length(&at, value.len));
        TRY(write_span(&at, value));
        used += value.len;
    }
    NEED(used == event->load_file.len + event->application.len + event->domain.len + event->new_domain.len +
                     event->privileges.len + event->parameters.len,
         BAD_LENGTH);
    *w = at;
    return TSM_OK;
}

/* Reads back what a confirmation without its receipt says: `data` of it is what is signed. */
static enum tsm_err confirmation_data(struct gp_confirmation *c, struct writer *w)
{
    struct gp_confirmation back;
    c->receipt = BYTES_NONE;
    TRY(confirmation_write(c, w));
    TRY(confirmation_read(written(w), &back));
    c->data = back.data;
    return TSM_OK;
}

enum tsm_err receipt_make(const struct gp_signer *s, const struct receipt_data *data,
                          const struct receipt_event *event, struct writer *answer)
{
    struct gp_confirmation c = {.present = true,
                                .counter = data->counter,
                                .sd_unique = data->sd_unique,
                                .token_id = data->token_id,
                                .token_digest = data->token_digest};
    uint8_t bare[APDU_SHORT_MAX], room[RECEIPT_INPUT_MAX], made[SIGNATURE_MAX];
    struct writer b = WRITER(bare), input = WRITER(room), receipt = WRITER(made);
    struct bytes part;
    NEED(data->sd_unique.len > 0, BAD_LENGTH);
    TRY(confirmation_data(&c, &b));
    TRY(receipt_input(c.data, event, &input));
    part = written(&input);
    TRY(gp_signature_write(s, &part, 1, &receipt));
    c.receipt = written(&receipt);
    return confirmation_write(&c, answer);
}

const char *receipt_verdict_text(enum receipt_verdict verdict)
{
    static const char *const texts[RECEIPT_VERDICT_COUNT] = {
#define X(name, text) text,
        RECEIPT_VERDICTS(X)
#undef X
    };
    return (unsigned)verdict < RECEIPT_VERDICT_COUNT ? texts[verdict] : "unknown verdict";
}

/* MAC_WRONG is a verdict, other errors are errors. */
static enum tsm_err check_signature(const struct gp_signer *s, const struct gp_confirmation *c,
                                    const struct receipt_event *event, bool *right)
{
    uint8_t room[RECEIPT_INPUT_MAX];
    struct writer input = WRITER(room);
    struct bytes part;
    enum tsm_err e;
    TRY(receipt_input(c->data, event, &input));
    part = written(&input);
    e = gp_signature_check(s, &part, 1, c->receipt);
    *right = e == TSM_OK;
    return e == TSM_MAC_WRONG ? TSM_OK : e;
}

static enum receipt_verdict judge_counter(int32_t last, uint16_t counter)
{
    if (last == RECEIPT_NONE_YET)
        return RECEIPT_GOOD;
    return counter <= last ? RECEIPT_REPLAYED : counter == last + 1 ? RECEIPT_GOOD : RECEIPT_GAP;
}

enum tsm_err receipt_judge(const struct gp_signer *s, const struct receipt_terms *terms,
                           const struct receipt_event *event, struct bytes answer,
                           struct receipt_judgement *out)
{
    struct gp_confirmation c;
    struct receipt_judgement j = {.verdict = RECEIPT_MISSING};
    bool right = false;
    TRY(confirmation_read(answer, &c));
    j.counter = c.counter;
    if (c.present && c.receipt.len) {
        TRY(check_signature(s, &c, event, &right));
        if (terms->sd_unique.len && !bytes_equal(terms->sd_unique, c.sd_unique))
            j.verdict = RECEIPT_OTHER_CARD;
        else if (!right)
            j.verdict = RECEIPT_FORGED;
        else if (terms->token_id.len && !bytes_equal(terms->token_id, c.token_id))
            j.verdict = RECEIPT_OTHER_TOKEN;
        else
            j.verdict = judge_counter(terms->last, c.counter);
    }
    *out = j;
    return TSM_OK;
}
