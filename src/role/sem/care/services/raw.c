/* SPDX-License-Identifier: Apache-2.0 */
/* Plain commands in one exchange. Stations 5 and 10. Role. */
#include "role/sem/care/services/raw.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "gp/command/select.h"

enum tsm_err raw_add(struct care_turn *t, struct bytes command)
{
    char text[2 * 261 + 1];
    NEED(command.len <= 261, TOO_LONG);
    return json_array_append_new(t->payload, json_string(hex_text(command, text))) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a payload");
}

enum tsm_err raw_begin(struct care_turn *t, struct bytes application)
{
    uint8_t room[32];
    struct writer w = WRITER(room);
    if (t->el.profile.bearer != BEARER_SERAM)
        return FAIL(UNSUPPORTED,
                    "only a device agent speaks to applications of the element outside its security "
                    "domains; short messages do not");
    json_decref(t->payload);
    t->payload = json_array();
    NEED(t->payload != NULL, NO_MEMORY);
    t->raw = true;
    TRY(select_write(application, &w));
    return raw_add(t, written(&w));
}

enum tsm_err raw_answer(const struct care_turn *t, size_t i, struct writer *store, struct rapdu *out)
{
    const char *text = json_string_value(json_array_get(t->answers, i));
    size_t n;
    uint8_t *slot;
    if (!text)
        return FAIL(NOT_FOUND, "the device gave fewer answers than commands");
    TRY(write_slot(store, strlen(text) / 2, &slot));
    TRY(hex_read(text, slot, strlen(text) / 2, &n));
    return rapdu_read(BYTES_OF(slot, n), out);
}
