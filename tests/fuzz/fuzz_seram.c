/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: SERAM messages of any octets; what is read as a report or order is written and read again
 * unchanged. */
#include "fuzz.h"

#include <stdlib.h>

#include "link/seram/seram_message.h"

enum { STORE = 4096 };

static void check_report(struct bytes json)
{
    uint8_t room[STORE], again[STORE];
    struct seram_report r, back;
    char *text;
    if (seram_report_read(json, WRITER(room), &r) != TSM_OK)
        return;
    if (seram_report_write(&r, &text) != TSM_OK ||
        seram_report_read(bytes_of_text(text), WRITER(again), &back) != TSM_OK)
        abort();
    if (back.status != r.status || back.executed != r.executed || back.n_responses != r.n_responses ||
        back.answers.n != r.answers.n)
        abort();
    for (size_t i = 0; i < r.answers.n; i++)
        if (!bytes_equal(r.answers.at[i], back.answers.at[i]))
            abort();
    free(text);
}

static void check_order(struct bytes json)
{
    uint8_t room[STORE], again[STORE];
    struct seram_order o, back;
    char *text;
    if (seram_order_read(json, WRITER(room), &o) != TSM_OK)
        return;
    if (seram_order_write(&o, &text) != TSM_OK ||
        seram_order_read(bytes_of_text(text), WRITER(again), &back) != TSM_OK)
        abort();
    if (back.delay_ms != o.delay_ms || back.n_commands != o.n_commands || back.apdus.n != o.apdus.n)
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seram_handshake h;
    seram_handshake_read(BYTES_OF(data, size), &h);
    seram_choice_read(BYTES_OF(data, size));
    check_report(BYTES_OF(data, size));
    check_order(BYTES_OF(data, size));
    return 0;
}
