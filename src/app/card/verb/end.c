/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card delete-key | terminate`: what has no way back. Station 5. App. [GPCS 11.2.2.3.2, 11.10; 5.1.1.5]
 */
#include <stdio.h>

#include "app/card/verb/verbs.h"
#include "base/hex.h"
#include "gp/command/delete.h"
#include "gp/command/set_status.h"

enum { WORD_ROOM = 2 * CARD_HEX_MAX + 1 };

static enum tsm_err read_number(const char *text, size_t len, uint8_t *out)
{
    char digits[3] = "";
    size_t n = 0;
    *out = 0;
    if (len == 0)
        return TSM_OK;
    NEED(len == 2, BAD_FORM);
    memcpy(digits, text, len);
    return hex_read(digits, out, 1, &n);
}

/* "30", "30/02", "/02": key version, identifier, or both. */
static enum tsm_err read_key(const char *text, uint8_t *kvn, uint8_t *kid)
{
    size_t before = strcspn(text, "/");
    const char *behind = text[before] ? &text[before + 1] : "";
    if (read_number(text, before, kvn) == TSM_OK && read_number(behind, strlen(behind), kid) == TSM_OK &&
        (*kvn || *kid))
        return TSM_OK;
    return FAIL(BAD_FORM,
                "\"%.40s\" is no key: version, version/identifier or /identifier, two hex digits each", text);
}

enum tsm_err card_delete_key(struct card *c)
{
    uint8_t room[APDU_SHORT_MAX], kvn, kid;
    struct writer w = WRITER(room);
    TRY(read_key(card_operand(c, 0), &kvn, &kid));
    TRY(delete_key_write(kvn, kid, &w));
    TRY(card_do(c, written(&w)));
    card_done(c, "key %s is deleted", card_operand(c, 0));
    return TSM_OK;
}

/* What only this card says of itself: its image number, else its serial number; empty where it says neither.
 */
static void word_of(const struct card *c, char out[WORD_ROOM])
{
    out[0] = 0;
    if (c->sight.image.len && c->sight.image.len <= CARD_HEX_MAX)
        hex_text(c->sight.image, out);
    else if (c->sight.has_cplc)
        snprintf(out, WORD_ROOM, "%08X", (unsigned)c->sight.cplc.serial);
    else
        snprintf(out, WORD_ROOM, "terminate");
}

/* The word names the card, so that a line out of a history does not end another one. */
enum tsm_err card_terminate(struct card *c)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    char word[WORD_ROOM];
    word_of(c, word);
    if (c->reader && (!c->args->confirm || strcasecmp(c->args->confirm, word) != 0))
        return FAIL(CONFLICT,
                    "a card that is terminated never works again: --confirm %.80s says that it is this one",
                    word);
    TRY(set_status_terminate(&w));
    TRY(card_do(c, written(&w)));
    card_done(c, "the card is TERMINATED");
    return TSM_OK;
}
