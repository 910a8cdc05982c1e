/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card store-data | apdu`, and operands that are bytes. App. [GPCS 11.11] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/card/verb/verbs.h"
#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/install.h"
#include "gp/command/store_data.h"

enum { DATA_MAX = 32 * 1024 };

/* Hex digits of a stream; blanks and line ends between them are passed over. */
static enum tsm_err read_digits(FILE *f, char *text, size_t cap)
{
    size_t n = 0;
    int ch;
    while ((ch = fgetc(f)) != EOF) {
        if (strchr(" \t\r\n", ch))
            continue;
        NEED(n + 1 < cap, TOO_LONG);
        text[n++] = (char)ch;
    }
    text[n] = 0;
    return TSM_OK;
}

static enum tsm_err from_stream(FILE *f, struct writer *out)
{
    char *text = malloc(2 * DATA_MAX + 1);
    size_t n = 0;
    enum tsm_err e = text ? read_digits(f, text, 2 * DATA_MAX + 1) : TSM_NO_MEMORY;
    if (e == TSM_OK)
        e = hex_read(text, out->at, out->cap, &n);
    if (e == TSM_OK)
        out->len = n;
    if (text)
        explicit_bzero(text, 2 * DATA_MAX + 1);
    free(text);
    return e;
}

enum tsm_err operand_bytes(const char *text, struct writer *out)
{
    FILE *f = NULL;
    enum tsm_err e;
    if (text[0] == '@')
        f = fopen(text + 1, "rb");
    else if (strncmp(text, "fd:", 3) == 0)
        f = fdopen(dup(atoi(text + 3)), "rb");
    else
        return hex_read(text, out->at, out->cap, &out->len);
    if (!f)
        return FAIL(IO, "%.100s cannot be read", text);
    setvbuf(f, NULL, _IONBF, 0); /* what is read may be secret */
    e = from_stream(f, out);
    fclose(f);
    return e;
}

enum tsm_err operand_aid(const char *text, struct card_hex *out)
{
    if (hex_read(text, out->at, AID_MAX, &out->len) != TSM_OK || out->len < AID_MIN)
        return FAIL(BAD_FORM, "\"%.40s\" is no AID: 5 to 16 octets in hex", text);
    out->given = true;
    return TSM_OK;
}

enum tsm_err personalize(struct card *c, struct bytes aid)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    TRY(install_write(&(struct gp_install){.p1 = INSTALL_FOR_PERSONALIZATION, .application = aid}, &w));
    return card_do(c, written(&w));
}

enum tsm_err store_all(struct card *c, struct bytes data, uint8_t p1)
{
    struct store_part part = {.data = data, .p1 = p1};
    struct store_plan plan;
    TRY(store_plan_make(&part, 1, card_block_max(c), &plan));
    for (size_t n = 0; n < plan.blocks; n++) {
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        TRY(store_plan_block(&plan, n, &w));
        TRY(card_do(c, written(&w)));
        card_progress(c, "stored blocks", n + 1, plan.blocks);
    }
    return TSM_OK;
}

static enum tsm_err read_form(const char *word, uint8_t *p1)
{
    static const struct {
        const char *word;
        uint8_t p1;
    } words[] = {{"dgi", STORE_DGI}, {"tlv", STORE_TLV}, {"plain", STORE_UNSTRUCTURED}};
    for (size_t i = 0; word && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0) {
            *p1 = words[i].p1;
            return TSM_OK;
        }
    *p1 = STORE_TLV;
    return word ? FAIL(BAD_FORM, "--form is dgi, tlv or plain") : TSM_OK;
}

static enum tsm_err store(struct card *c, struct writer *data, uint8_t p1)
{
    struct bytes to = BYTES_OF(c->args->to.at, c->args->to.len);
    TRY(operand_bytes(card_operand(c, 0), data));
    NEED(data->len > 0, MISSING_FIELD);
    c->remark = "data that were stored in part are not taken back; store them again from the beginning";
    if (to.len)
        TRY(personalize(c, to));
    TRY(store_all(c, written(data), p1));
    c->remark = NULL;
    card_done(c, "%zu octets are stored", data->len);
    return TSM_OK;
}

enum tsm_err card_store_data(struct card *c)
{
    struct writer data = {malloc(DATA_MAX), 0, DATA_MAX};
    uint8_t p1;
    enum tsm_err e = data.at ? read_form(c->args->form, &p1) : TSM_NO_MEMORY;
    if (e == TSM_OK)
        e = store(c, &data, p1);
    if (data.at)
        explicit_bzero(data.at, DATA_MAX);
    free(data.at);
    return e;
}

enum tsm_err card_apdu(struct card *c)
{
    json_t *answers = json_array();
    json_object_set_new(c->doc, "answers", answers);
    for (int n = 0; n < c->args->operands - 1; n++) {
        uint8_t room[APDU_SHORT_MAX], sw[2];
        struct writer w = WRITER(room), word = WRITER(sw);
        struct rapdu answer;
        json_t *o = json_object();
        json_array_append_new(answers, o);
        TRY(operand_bytes(card_operand(c, n), &w));
        TRY(card_send(c, &(struct card_request){.plain = written(&w), .any = true, .changes = true},
                      &answer));
        TRY(write_u16(&word, answer.sw));
        card_set_hex(o, "data", answer.data);
        card_set_hex(o, "sw", BYTES(sw));
        json_object_set_new(o, "meaning", json_string(sw_text(answer.sw)));
    }
    return TSM_OK;
}
