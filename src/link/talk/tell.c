/* SPDX-License-Identifier: Apache-2.0 */
/* The decoded dialogue for the timeline, with what must not be seen left out. Station 11. Edge. */
#include <stdio.h>

#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/describe.h"
#include "link/talk/inside.h"

/* What may be shown of a command: only the header of key and data commands, the beginning of long ones. */
static void masked_hex(struct bytes command, char *out, size_t cap)
{
    enum { SHOWN = 48 };
    bool secret = command.len > 5 && (command.at[1] == INS_PUT_KEY || command.at[1] == INS_STORE_DATA);
    size_t show = secret ? 5 : command.len < SHOWN ? command.len : SHOWN;
    hex_text(BYTES_OF(command.at, show), out);
    if (show < command.len)
        snprintf(out + 2 * show, cap - 2 * show, "..(%zu)", command.len);
}

void apdu_note(struct talk *t, struct bytes command, const struct step_answer *answer)
{
    char hex[160], text[200], sw[24];
    size_t len = 0;
    if (!t->apdus)
        t->apdus = json_array();
    masked_hex(command, hex, sizeof hex);
    gp_describe(command, text, sizeof text);
    if (answer->data.len)
        len = (size_t)snprintf(sw, sizeof sw, "(%zu) ", answer->data.len);
    snprintf(sw + len, sizeof sw - len, "%04X", answer->sw);
    json_array_append_new(t->apdus, json_pack("{ss ss ss}", "command", hex, "answer", sw, "text", text));
}
