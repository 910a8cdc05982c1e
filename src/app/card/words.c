/* SPDX-License-Identifier: Apache-2.0 */
/* The words of `tsm card` for protocols and security levels. App. [GPCS App. E, AmdD 5.1, AmdF 4.1] */
#include "app/card/args.h"
#include "base/hex.h"
#include "gp/channel/init_update.h"
#include "gp/scp11/scp11.h"

enum tsm_err level_word(const char *text, struct card_octet *out)
{
    static const struct {
        const char *word;
        uint8_t level;
    } words[] = {{"mac", 0x01},
                 {"mac+enc", 0x03},
                 {"mac+rmac", 0x11},
                 {"mac+enc+rmac", 0x13},
                 {"mac+enc+rmac+renc", 0x33}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, text) == 0) {
            *out = (struct card_octet){words[i].level, true};
            return TSM_OK;
        }
    return FAIL(BAD_FORM, "a level is mac, mac+enc, mac+rmac, mac+enc+rmac or mac+enc+rmac+renc");
}

static const char s16[] = "-s16", scp02[] = "scp02", scp03[] = "scp03", scp11[] = "scp11";

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* "a", "b-s16" behind scp11. */
static enum tsm_err scp11_word(const char *text, struct scp_choice *out)
{
    static const uint8_t variants[] = {SCP11A, SCP11B, SCP11C};
    struct scp_choice c = {.protocol = SCP11};
    NEED(text[0] >= 'a' && text[0] <= 'c', BAD_FORM);
    c.variant = variants[text[0] - 'a'];
    c.s16 = strcmp(&text[1], s16) == 0;
    NEED(c.s16 || text[1] == 0, BAD_FORM);
    *out = c;
    return TSM_OK;
}

/* "-i70-s16" behind scp03: i in hex, then the mode. */
static enum tsm_err symmetric_word(const char *text, uint8_t protocol, struct scp_choice *out)
{
    struct scp_choice c = {.protocol = protocol};
    char i[3] = "";
    size_t n;
    if (begins(text, "-i")) {
        memcpy(i, &text[2], strnlen(&text[2], 2));
        TRY(hex_read(i, &c.i, 1, &n));
        NEED(n == 1, BAD_FORM);
        c.has_i = true;
        text = &text[4];
    }
    c.s16 = protocol == SCP03 && strcmp(text, s16) == 0;
    NEED(c.s16 || text[0] == 0, BAD_FORM);
    c.i |= c.s16 ? SCP03_I_S16 : 0;
    *out = c;
    return TSM_OK;
}

enum tsm_err scp_word(const char *text, struct scp_choice *out)
{
    if (begins(text, scp11))
        return scp11_word(&text[strlen(scp11)], out);
    if (begins(text, scp02))
        return symmetric_word(&text[strlen(scp02)], SCP02, out);
    if (begins(text, scp03))
        return symmetric_word(&text[strlen(scp03)], SCP03, out);
    return FAIL(BAD_FORM, "a protocol is scp02, scp03 or scp11a, scp11b, scp11c");
}
