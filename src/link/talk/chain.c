/* SPDX-License-Identifier: Apache-2.0 */
/* A protected command that is longer than a short one: its pieces in the payload, and which of their answers
 * is the command's. Stations 7 and 10. Edge. [GPCS 11.1.5.1] */
#include "gp/apdu/ins.h"
#include "gp/delegated/chain.h"
#include "link/talk/inside.h"

bool chain_due(const struct channel *ch, struct bytes command)
{
    struct apdu a;
    return apdu_read(command, &a) == TSM_OK && a.data.len > channel_block_max(ch) &&
           (a.ins == INS_INSTALL || a.ins == INS_DELETE || a.ins == INS_PUT_KEY);
}

static enum tsm_err cut(const struct talk *t, struct bytes wrapped, struct command_chain *out)
{
    size_t most = (size_t)t->facts->profile->command_max;
    return command_chain_make(wrapped, most < APDU_SHORT_DATA_MAX ? most : APDU_SHORT_DATA_MAX, out);
}

enum tsm_err chain_add(const struct talk *t, struct bytes wrapped, json_t *payload)
{
    struct command_chain chain;
    TRY(cut(t, wrapped, &chain));
    if (chain.blocks > TALK_PAYLOAD_MAX)
        return FAIL(TOO_LONG, "a command goes in %zu pieces, and one exchange carries %d", chain.blocks,
                    TALK_PAYLOAD_MAX);
    for (size_t n = 0; n < chain.blocks; n++) {
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        TRY(command_chain_block(&chain, n, &w));
        TRY(payload_add(payload, written(&w)));
    }
    return TSM_OK;
}

/* What a piece that others follow is answered with. */
static bool says_go_on(struct bytes answer)
{
    static const uint8_t fine[] = {SW_OK >> 8, SW_OK & 0xFF};
    return bytes_equal(answer, BYTES(fine));
}

enum tsm_err chain_answer(struct talk *t, struct bytes wrapped, const struct chain_answers *in,
                          struct bytes *answer)
{
    size_t n = json_array_size(in->list);
    struct command_chain chain;
    TRY(cut(t, wrapped, &chain));
    for (size_t i = 0; i < chain.blocks && in->first + i < n; i++) {
        bool last = i + 1 == chain.blocks;
        struct bytes raw;
        TRY(answer_get(in->list, in->first + i, in->store, &raw));
        if (!last && says_go_on(raw))
            continue;
        if (!last) /* the agent sent the other pieces all the same, and to the card they were no command */
            t->state->channel_state = CHANNEL_NONE;
        *answer = raw;
        return TSM_OK;
    }
    return TSM_NOT_FOUND;
}
