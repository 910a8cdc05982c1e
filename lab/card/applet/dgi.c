/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups in a run of STORE DATA commands: one group may span commands, several may share one (station
 * 10, the card's side); pure; EMV CPS 1.1 2.2, GPCS 2.3.1 11.11.2.3, 11.1.12. */
#include "card/applet/dgi.h"

#include <string.h>

#define ID_LEN         2
#define LONG_LENGTH    0xFF /* FF and two bytes; a length of 255 and more */
#define LONG_MIN_VALUE 0xFF

void dgi_restart(struct dgi_stream *s)
{
    lab_wipe(s, sizeof *s);
}

/* The identifier and the length must arrive whole: only the value may be cut (GPCS 11.11.2.3). Returns their
 * size, 0 when they are malformed. */
static size_t read_head(struct dgi_stream *s, const uint8_t *at, size_t n)
{
    if (n < ID_LEN + 1)
        return 0;
    s->id = (uint16_t)lab_number(at, ID_LEN);
    s->got = 0;
    s->need = at[ID_LEN];
    if (s->need != LONG_LENGTH)
        return ID_LEN + 1;
    if (n < ID_LEN + 3)
        return 0;
    s->need = (size_t)lab_number(at + ID_LEN + 1, 2);
    return s->need < LONG_MIN_VALUE ? 0 : ID_LEN + 3;
}

static uint16_t deliver(struct dgi_stream *s, const struct store_data *cmd, dgi_taker *take, void *context)
{
    struct dgi d = {.id = s->id, .value = s->value, .len = s->need, .encrypted = s->encrypted};
    uint16_t sw = SW_WRONG_DATA;

    s->open = false;
    if (!s->encrypted || (s->need > 0 && session_decrypt(cmd->session, s->value, s->need, s->value)))
        sw = take(context, &d);
    lab_wipe(s->value, sizeof s->value);
    return sw;
}

uint16_t dgi_feed(struct dgi_stream *s, const struct store_data *cmd, dgi_taker *take, void *context)
{
    bool encrypted = (cmd->p1 & STORE_ENCRYPTION) == STORE_ENCRYPTION_ALL;
    uint16_t sw = SW_OK;
    size_t at = 0;

    if (s->open && s->encrypted != encrypted)
        return SW_WRONG_DATA;
    while (sw == SW_OK && at < cmd->len) {
        size_t part;

        if (!s->open) {
            size_t head = read_head(s, cmd->data + at, cmd->len - at);

            if (head == 0)
                return SW_WRONG_DATA;
            if (s->need > DGI_MAX_VALUE)
                return SW_NO_MEMORY;
            at += head;
            s->open = true;
            s->encrypted = encrypted;
        }
        part = s->need - s->got < cmd->len - at ? s->need - s->got : cmd->len - at;
        memcpy(s->value + s->got, cmd->data + at, part);
        s->got += part;
        at += part;
        if (s->got == s->need)
            sw = deliver(s, cmd, take, context);
    }
    if (sw == SW_OK && s->open && (cmd->p1 & STORE_LAST) != 0)
        return SW_WRONG_DATA;
    return sw;
}
