/* SPDX-License-Identifier: Apache-2.0 */
/* The demo scheme's payment application at a terminal: SELECT, GET PROCESSING OPTIONS, READ RECORD, GET DATA
 * (station 10, the card's side); pure; EMV Book 3 6.5. */
#include "card/applet/issuer/issuer.h"

#include "card/applet/oda/oda.h"
#include "card/command/command.h"
#include "card/frozen/image.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define INS_GPO         0xA8
#define INS_READ_RECORD 0xB2
#define INS_GENERATE_AC 0xAE
#define INS_SIGN        0x88 /* INTERNAL AUTHENTICATE */
#define READ_BY_NUMBER  0x04
#define TAG_PDOL        0x9F38
#define TAG_GPO_DATA    0x83
#define TAG_ATC         0x9F36
#define TAG_TRY_COUNTER 0x9F17
#define TAG_TOKEN       0x7F41
#define ATC_LAST        0xFFFF

static bool payment_create(struct app *a)
{
    a->native_data = calloc(1, sizeof(struct payment));
    return a->native_data != NULL;
}

static void payment_destroy(struct app *a)
{
    struct payment *p = a->native_data;

    if (p == NULL)
        return;
    if (p->live != NULL)
        lab_wipe(p->live, sizeof *p->live);
    if (p->staged != NULL)
        lab_wipe(p->staged, sizeof *p->staged);
    free(p->live);
    free(p->staged);
    lab_wipe(p, sizeof *p);
    free(p);
    a->native_data = NULL;
}

static uint16_t payment_select(struct app *a, struct job *j)
{
    struct payment *p = a->native_data;

    p->processing = false;
    p->decided = false;
    if (p->live == NULL)
        fci_write(a, NULL, 0, j->reply);
    else
        fci_write(a, p->live->fci, p->live->fci_len, j->reply);
    return p->issuer.blocked ? SW_APPLICATION_BLOCKED : SW_OK;
}

/* The bytes that the PDOL asks for; -1 when it is no list of tags and lengths. */
static int pdol_length(const struct pay_data *d)
{
    struct tlv pdol;
    int sum = 0;

    if (!tlv_find(d->fci, d->fci_len, TAG_PDOL, &pdol))
        return 0;
    for (size_t i = 0; i < pdol.len; i++) {
        if ((pdol.value[i] & 0x1F) == 0x1F)
            while (++i < pdol.len && (pdol.value[i] & 0x80) != 0)
                ;
        if (++i >= pdol.len)
            return -1;
        sum += pdol.value[i];
    }
    return sum;
}

static uint16_t get_processing_options(struct payment *p, struct job *j)
{
    struct tlv t;
    size_t mark;

    if (j->cmd.p1 != 0 || j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (p->live == NULL || p->atc == ATC_LAST)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &t) || t.tag != TAG_GPO_DATA || t.end != j->cmd.lc ||
        (int)t.len != pdol_length(p->live) || t.len > sizeof p->pdol)
        return SW_WRONG_DATA;
    memcpy(p->pdol, t.value, t.len);
    p->pdol_len = t.len;
    p->atc++;
    issuer_begin(p);
    p->processing = true;
    p->decided = false;
    mark = out_open(j->reply, 0x77);
    out_tlv(j->reply, 0x82, p->live->aip, sizeof p->live->aip);
    out_tlv(j->reply, 0x94, p->live->afl, p->live->afl_len);
    out_close(j->reply, mark);
    return SW_OK;
}

static uint16_t read_record(const struct payment *p, struct job *j)
{
    uint8_t sfi = j->cmd.p2 >> 3;

    if ((j->cmd.p2 & 0x07) != READ_BY_NUMBER || sfi == 0 || j->cmd.p1 == 0)
        return SW_WRONG_P1P2;
    if (j->cmd.lc != 0)
        return SW_WRONG_LENGTH;
    if (p->live == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; i < p->live->record_count; i++) {
        const struct pay_record *r = &p->live->records[i];

        if (r->sfi != sfi || r->number != j->cmd.p1)
            continue;
        out_bytes(j->reply, r->value, r->len);
        return SW_OK;
    }
    return SW_RECORD_NOT_FOUND;
}

static uint16_t get_data(const struct payment *p, struct job *j)
{
    unsigned tag = (unsigned)j->cmd.p1 << 8 | j->cmd.p2;

    if (p->live == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (tag == TAG_TOKEN && p->token_len > 0) {
        out_bytes(j->reply, p->token, p->token_len);
        return SW_OK;
    }
    if (tag != TAG_ATC && tag != TAG_TRY_COUNTER)
        return issuer_get(p, tag, j->reply) ? SW_OK : SW_REFERENCE_NOT_FOUND;
    out_tag(j->reply, tag);
    out_number(j->reply, tag == TAG_ATC ? 2 : 1, 1);
    if (tag == TAG_ATC)
        out_number(j->reply, p->atc, 2);
    else
        out_number(j->reply, p->live->try_counter, 1);
    return SW_OK;
}

/* Class and instruction of every command; EMV Book 3 6.3.2. */
static const struct {
    uint8_t cla, ins;
} commands[] = {
    {CLA_GP, INS_GPO},
    {0x00, INS_READ_RECORD},
    {CLA_GP, INS_GENERATE_AC},
    {CLA_GP, INS_GET_DATA},
    {0x00, INS_VERIFY},
    {0x00, INS_SIGN},
    {CLA_GP | CLA_SECURE, INS_APPLICATION_BLOCK},
    {CLA_GP | CLA_SECURE, INS_APPLICATION_UNBLOCK},
    {CLA_GP | CLA_SECURE, INS_PIN_CHANGE},
    {CLA_GP | CLA_SECURE, INS_PUT_DATA},
    {CLA_GP | CLA_SECURE, INS_UPDATE_RECORD},
};

static uint16_t is_command(const struct capdu *c)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].ins == c->ins)
            return (c->cla & (CLA_GP | CLA_SECURE)) == commands[i].cla ? SW_OK : SW_CLA_NOT_SUPPORTED;
    return SW_INS_NOT_SUPPORTED;
}

uint16_t payment_command(struct app *a, struct job *j)
{
    struct payment *p = a->native_data;
    uint16_t sw = is_command(&j->cmd);

    if (sw != SW_OK)
        return sw;
    switch (j->cmd.ins) {
    case INS_GPO:
        return get_processing_options(p, j);
    case INS_READ_RECORD:
        return read_record(p, j);
    case INS_GENERATE_AC:
        return payment_generate_ac(p, j);
    case INS_GET_DATA:
        return get_data(p, j);
    case INS_VERIFY:
        return issuer_verify(p, j);
    case INS_SIGN:
        return oda_internal_authenticate(p, j);
    default:
        return issuer_command(p, j);
    }
}

static uint16_t payment_process(struct app *a, struct job *j)
{
    return app_is_locked(a) ? SW_CONDITIONS_NOT_SATISFIED : payment_command(a, j);
}

static void payment_save(const struct app *a, struct out *o)
{
    const struct payment *p = a->native_data;

    out_number(o, p->atc, 2);
    out_number(o, p->booked, 4);
    out_number(o, p->token_len, 2);
    out_bytes(o, p->token, sizeof p->token);
    image_diff(o, &p->issuer, NULL, sizeof p->issuer);
    out_number(o, p->live != NULL, 1);
    if (p->live != NULL)
        image_diff(o, p->live, NULL, sizeof *p->live);
}

static void payment_restore(struct app *a, struct thaw *t)
{
    struct payment *p = a->native_data;

    p->atc = (uint16_t)image_read_field(t, 2);
    p->booked = (uint32_t)image_read_field(t, 4);
    p->token_len = (size_t)image_read_field(t, 2);
    t->bad = t->bad || p->token_len > sizeof p->token;
    for (size_t i = 0; i < sizeof p->token; i++)
        p->token[i] = (uint8_t)image_read_field(t, 1);
    image_apply(t, &p->issuer, sizeof p->issuer);
    if (image_read_field(t, 1) == 0)
        return;
    p->live = calloc(1, sizeof *p->live);
    if (p->live == NULL)
        t->bad = true;
    else
        image_apply(t, p->live, sizeof *p->live);
}

const struct native_ops payment_ops = {
    .name = "payment",
    .create = payment_create,
    .destroy = payment_destroy,
    .select = payment_select,
    .process = payment_process,
    .store = payment_store,
    .save = payment_save,
    .restore = payment_restore,
};
