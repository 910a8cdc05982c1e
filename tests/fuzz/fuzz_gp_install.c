/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as INSTALL, as its parameters, and as what is inside them; an INSTALL that is read is written
 * back. Fuzz target. */
#include <stdlib.h>

#include "gp/command/install.h"
#include "gp/command/delete.h"
#include "gp/content/sd_params.h"
#include "gp/content/uicc_params.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "020006A000000001010000000000",
    "0C0006A0000000010107A000000001010107A0000000010102010003C901010177",
    "2000000007A0000000010102000000",
    "400000000007A0000000010102039EDC0005EF03D9014000",
    "C900EF1CC8020100C7020100CA12010001001505000000000000000000000000",
    "800D010014000202011E03D501030081180001000010A0000000871002FFFFFFFF8900000100010000",
    "8102021582018083018084008602010287028000",
    "010001011000010003D50101",
    "4F0701020304050607B604420247119E02AABB",
    NULL,
};

static void install(uint8_t p1, uint8_t p2, struct bytes body)
{
    struct gp_install i, again;
    uint8_t out[300];
    struct writer w = WRITER(out);
    if (install_read(p1, p2, body, &i) != TSM_OK)
        return;
    if (install_write(&i, &w) != TSM_OK)
        return; /* lengths of one octet became two: longer than a command */
    if (install_read(p1, p2, BYTES_OF(out + 5, w.len - 6), &again) != TSM_OK ||
        !bytes_equal(again.parameters, i.parameters))
        abort();
}

static void inner(struct bytes in)
{
    struct uicc_params u;
    struct sim_params s;
    struct sd_params d;
    (void)uicc_params_read(in, &u);
    (void)sim_params_read(in, &s);
    (void)sd_params_read(in, &d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size), body = BYTES_NONE;
    struct install_params p;
    struct gp_delete d;
    for (int v = PARAMS_FOR_LOAD; v <= PARAMS_FOR_REGISTRY_UPDATE; v++)
        (void)install_params_read((enum install_params_for)v, in, &p);
    inner(in);
    (void)delete_read(0x80, in, &d);
    if (size >= 2 && bytes_part(in, 2, size - 2, &body) == TSM_OK)
        install(data[0], data[1], body);
    return 0;
}
