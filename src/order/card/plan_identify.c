/* SPDX-License-Identifier: Apache-2.0 */
/* The plan that asks an element what it is, under the issuer's keys; and the same questions as they may be
 * asked by anybody. Station 5. Pure. [GPCS 11.3.3, Appendix H] */
#include "order/card/identify.h"

#include "gp/command/get_data.h"
#include "gp/command/select.h"
#include "order/plan_script.h"

static enum tsm_err build_data(const struct plan_facts *f, int tag, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    TRY(get_data_write((uint32_t)tag, &out->store));
    return script_add(out, mark);
}

#define DATA_STEP(n, t, tag)                                                        \
    {                                                                               \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = tag, .build = build_data, \
        .also_fine = SW_NOT_FOUND                                                   \
    }

static const struct plan_step steps[] = {
    DATA_STEP("READ_CPLC", "production data is read", DATA_CPLC),
    DATA_STEP("READ_RECOGNITION", "recognition data is read", DATA_CARD),
    DATA_STEP("READ_CAPABILITIES", "capability information is read", DATA_CAPABILITIES),
    DATA_STEP("READ_KEYS", "key versions are read", DATA_KEYS),
    DATA_STEP("READ_RESOURCES", "free memory is read", DATA_RESOURCES),
    DATA_STEP("READ_ISSUER", "the issuer's number is read", DATA_IIN),
    DATA_STEP("READ_IMAGE", "the card's own number is read", DATA_CIN),
};
enum { STEPS_N = sizeof steps / sizeof steps[0] };

const struct plan plan_identify = {.name = "identify", .steps = steps, .n = STEPS_N};

enum tsm_err identify_commands(struct script *out)
{
    size_t mark = script_mark(out);
    TRY(select_write(BYTES_NONE, &out->store));
    TRY(script_add(out, mark));
    for (size_t i = 0; i < STEPS_N; i++)
        TRY(build_data(NULL, steps[i].arg, out));
    return TSM_OK;
}

void identify_put(struct card_answers *a, size_t command, struct bytes data)
{
    if (command == 0)
        a->select = data;
    else if (command <= STEPS_N)
        identify_put_data(a, steps[command - 1].arg, data);
}

void identify_put_data(struct card_answers *a, int tag, struct bytes data)
{
    const struct {
        int tag;
        struct bytes *to;
    } rows[] = {
        {DATA_CPLC, &a->cplc}, {DATA_CARD, &a->recognition},    {DATA_CAPABILITIES, &a->capabilities},
        {DATA_KEYS, &a->keys}, {DATA_RESOURCES, &a->resources}, {DATA_IIN, &a->issuer},
        {DATA_CIN, &a->image},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].tag == tag)
            *rows[i].to = data;
}
