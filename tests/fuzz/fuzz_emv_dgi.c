/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: data groupings, BER-TLV inside them, locators, object lists, PPSE. What is read is written
 * again. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/ber.h"
#include "emv/perso/cps.h"
#include "emv/ppse.h"
#include "emv/record.h"

const char *const fuzz_seeds[] = {
    "91041682025C00941008010200100103001803010120010100",
    "0101038001029000020102",
    "9102237021BF0C1C611A4F07F04F54534D0101500C4F50454E54534D2044454D4F870101",
    "6F36840E325041592E5359532E4444463031A524BF0C21611F4F07AFFFFFFFFF1234500D5645534120454C454354524F4E870101"
    "9F2A0103",
    "A51FBF0C1C611A4F07F04F54534D0101500C4F50454E54534D2044454D4F870101",
    "080202001001040018010201",
    "9F02069F03069F1A0295055F2A029A039C019F3704",
    "0101FF0100",
    NULL,
};

enum { ROOM = 16384 };
static uint8_t room[ROOM];

static void one_plan(struct bytes in)
{
    static struct cps_plan plan;
    struct cps_dgi dgis[16];
    struct writer w = WRITER(room);
    struct reader r = READER(in);
    size_t n = 0;
    while (n < 16 && cps_dgi_read(&r, &dgis[n]) == TSM_OK) {
        dgis[n].encrypted = dgis[n].id & 1;
        n++;
    }
    if (n && cps_plan_make(dgis, n, (struct cps_style){.block_max = 64, .join = true}, &w, &plan) == TSM_OK &&
        plan.at[plan.count - 1].p1 < CPS_P1_LAST)
        abort();
}

static void one_walk(struct bytes in, unsigned depth)
{
    struct reader r = READER(in);
    struct ber object;
    while (depth < 4 && ber_read(&r, &object) == TSM_OK)
        one_walk(object.value, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct ppse_entry entries[PPSE_ENTRIES_MAX];
    struct afl_entry locator;
    struct reader r = READER(in);
    struct writer w = WRITER(room);
    size_t n;
    one_plan(in);
    one_walk(in, 0);
    (void)dol_data_len(in, &n);
    while (afl_read(&r, &locator) == TSM_OK)
        if (afl_write(&w, locator) == TSM_OK && w.len > size)
            abort();
    w = WRITER(room);
    if (ppse_read(in, entries, PPSE_ENTRIES_MAX, &n) == TSM_OK && n > 0) {
        enum tsm_err e = ppse_write(entries, n, &w);
        if (e != TSM_OK && e != TSM_BAD_LENGTH)
            abort();
    }
    return 0;
}
