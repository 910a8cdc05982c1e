/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: personalisation scripts against answers. The input is an answer; the script reads it in both
 * ways. */
#include "fuzz.h"

#include <stdlib.h>

#include "emv/script/script.h"

const char *const fuzz_seeds[] = {"9F360200079000", "9F36029000", "6985", "9000", NULL};

static const char text[] =
    "{\"name\":\"f\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\",\"tag\":\"9F36\"},"
    "{\"name\":\"b\",\"at\":1,\"len\":2}],\"assert\":[{\"is\":\"{a}\",\"equals\":\"{a}\"}]}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct perso_script script;
    SCRIPT_PLAY p = {.script = &script};
    static struct perso_script other;
    if (script.n == 0 && perso_script_read(bytes_of_text(text), &script) != TSM_OK)
        abort();
    (void)perso_script_read(BYTES_OF(data, size), &other);
    if (script_answer(&p, BYTES_OF(data, size), 0x9000) == TSM_OK && (p.next != 1 || p.values_n != 2))
        abort();
    return 0;
}
