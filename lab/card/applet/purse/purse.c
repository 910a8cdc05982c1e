/* SPDX-License-Identifier: Apache-2.0 */
/* The purse at a terminal: SELECT, GET DATA, and which command goes where (station 10, the card's side);
 * pure; ISO/IEC 7816-4 11.4. */
#include "card/applet/purse/purse.h"

#include "card/command/command.h"
#include "card/frozen/image.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>

#define TAG_COUNTER  0x9F36
#define TAG_BALANCE  0x9F79
#define TAG_ACCEPTED 0xDF72
#define TAG_REFUSED  0xDF73
#define TAG_LOWER    0xDF74
#define TAG_UPPER    0xDF75

static bool purse_create(struct app *a)
{
    a->native_data = calloc(1, sizeof(struct purse));
    return a->native_data != NULL;
}

static void purse_destroy(struct app *a)
{
    if (a->native_data != NULL)
        lab_wipe(a->native_data, sizeof(struct purse));
    free(a->native_data);
    a->native_data = NULL;
}

static uint16_t purse_select(struct app *a, struct job *j)
{
    const struct purse *p = a->native_data;

    fci_write(a, p->file.fci, p->file.fci_len, j->reply);
    return SW_OK;
}

static uint16_t get_data(const struct purse *p, struct job *j)
{
    const struct {
        unsigned tag;
        bool money;
        uint64_t value;
    } objects[] = {
        {TAG_COUNTER, false, p->past.counter}, {TAG_ACCEPTED, false, p->past.accepted},
        {TAG_REFUSED, false, p->past.refused}, {TAG_BALANCE, true, p->file.value},
        {TAG_LOWER, true, p->file.lower},      {TAG_UPPER, true, p->file.upper},
    };
    unsigned tag = (unsigned)j->cmd.p1 << 8 | j->cmd.p2;

    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        uint8_t money[PURSE_MONEY];

        if (objects[i].tag != tag)
            continue;
        purse_money_write(objects[i].value, money);
        out_tag(j->reply, tag);
        out_number(j->reply, objects[i].money ? PURSE_MONEY : PURSE_COUNTER, 1);
        if (objects[i].money)
            out_bytes(j->reply, money, PURSE_MONEY);
        else
            out_number(j->reply, objects[i].value, PURSE_COUNTER);
        return SW_OK;
    }
    return SW_REFERENCE_NOT_FOUND;
}

uint16_t purse_command(struct app *a, struct job *j)
{
    struct purse *p = a->native_data;
    uint8_t cla = j->cmd.cla & (CLA_GP | CLA_SECURE);
    bool credit = j->cmd.ins == PURSE_INS_CREDIT;

    if (j->cmd.ins != INS_GET_DATA && j->cmd.ins != PURSE_INS_BEGIN && j->cmd.ins != PURSE_INS_DEBIT &&
        !credit)
        return SW_INS_NOT_SUPPORTED;
    if (cla != (credit ? CLA_GP | CLA_SECURE : CLA_GP))
        return SW_CLA_NOT_SUPPORTED;
    if (!p->live)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.ins == INS_GET_DATA)
        return get_data(p, j);
    if (j->cmd.p1 != 0 || j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (credit)
        return purse_credit(p, j);
    return j->cmd.ins == PURSE_INS_DEBIT ? purse_debit(p, j) : purse_begin(p, j);
}

static uint16_t purse_process(struct app *a, struct job *j)
{
    return app_is_locked(a) ? SW_CONDITIONS_NOT_SATISFIED : purse_command(a, j);
}

static void purse_save(const struct app *a, struct out *o)
{
    const struct purse *p = a->native_data;

    out_number(o, p->live, 1);
    image_diff(o, &p->past, NULL, sizeof p->past);
    image_diff(o, &p->file, NULL, sizeof p->file);
}

static void purse_restore(struct app *a, struct thaw *t)
{
    struct purse *p = a->native_data;

    p->live = image_read_field(t, 1) != 0;
    image_apply(t, &p->past, sizeof p->past);
    image_apply(t, &p->file, sizeof p->file);
}

const struct native_ops purse_ops = {
    .name = "purse",
    .create = purse_create,
    .destroy = purse_destroy,
    .select = purse_select,
    .process = purse_process,
    .store = purse_store,
    .save = purse_save,
    .restore = purse_restore,
};
