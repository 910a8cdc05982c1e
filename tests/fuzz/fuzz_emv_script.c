/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: personalisation scripts, as documents, and one against answers: the input is an answer, which
 * it reads in both ways, and a stored play. */
#include "fuzz.h"

#include <stdlib.h>

#include "emv/script/play.h"

const char *const fuzz_seeds[] = {"9F360200079000", "9F36029000", "6985", "9000", "016103010203", NULL};

static const char text[] =
    "{\"name\":\"f\",\"steps\":[{\"name\":\"s\",\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\",\"tag\":"
    "\"9F36\"},{\"name\":\"b\",\"at\":1,\"len\":2}],\"assert\":[{\"is\":\"{a}\",\"equals\":\"{a}\"}]}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct perso_script script, other;
    static struct script_play p;
    p = (struct script_play){.script = &script};
    if (script.n == 0 && perso_script_read(bytes_of_text(text), &script) != TSM_OK)
        abort();
    (void)perso_script_read(BYTES_OF(data, size), &other);
    (void)script_played_read(&p, BYTES_OF(data, size));
    p.values_n = 0;
    if (script_take(&p, 0, (struct script_answer){0, BYTES_OF(data, size), 0x9000}) == TSM_OK &&
        p.values_n != 2)
        abort();
    return 0;
}
