/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a command, as an answer, and as the answers of a talking card; a command that is read comes
 * back the same. Fuzz target. */
#include <stdlib.h>

#include "gp/apdu/transport.h"
#include "gp/command/describe.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "80F28002024F0000",
    "00A4040008A00000015100000000",
    "80E60C001F06A0000000010107A000000001010107A0000000010102010003C90101017700",
    "80E40080094F070102030405060700",
    "80D800811831881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA00",
    "80E26800088000050102030405",
    "80E20000000003010203",
    "010261106C0501029000",
    NULL,
};

/* The input as a row of answers of five octets each. */
static void talk(struct bytes in)
{
    static const uint8_t command[] = {0x80, 0xCA, 0x00, 0x66, 0x00};
    uint8_t out[64];
    struct writer joined = WRITER(out);
    struct transport t;
    struct reader r = READER(in);
    struct bytes part, send = BYTES(command);
    transport_begin(&t, send, &joined);
    while (send.len && read_span(&r, r.left.len < 5 ? r.left.len : 5, &part) == TSM_OK)
        if (transport_step(&t, part, &send) != TSM_OK)
            return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct apdu a, again;
    struct rapdu r;
    char line[GP_DESCRIBE_MAX];
    gp_describe(in, line, sizeof line);
    (void)rapdu_read(in, &r);
    talk(in);
    if (apdu_read(in, &a) == TSM_OK) {
        static uint8_t out[APDU_MAX];
        struct writer w = WRITER(out);
        if (apdu_write(&a, &w) != TSM_OK || apdu_read(written(&w), &again) != TSM_OK)
            abort();
        if (again.ins != a.ins || !bytes_equal(again.data, a.data))
            abort();
    }
    return 0;
}
