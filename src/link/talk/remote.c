/* SPDX-License-Identifier: Apache-2.0 */
/* The script in a packet: as many commands as the segments hold, and what the card answered to each, in the
 * compact and the expanded form. Stations 7, 8, 10. Pure. [TS 102 226 5] */
#include <string.h>

#include "gp/apdu/apdu.h"
#include "gp/apdu/ins.h"
#include "link/talk/inside.h"
#include "ota/packet/packet.h"

enum { SW1_MORE = 0x61 };

static bool is_compact(const struct talk *t)
{
    return t->facts->profile->format == FORMAT_COMPACT;
}

/* Le behind data, or alone. */
static bool has_le(struct bytes c)
{
    return c.len == APDU_HEADER + 1 ||
           (c.len > APDU_HEADER + 1 && c.len == (size_t)APDU_HEADER + 2 + c.at[APDU_HEADER]);
}

/* A compact answer has data of its last command only: what is asked for data is the last of its packet. What
 * INSTALL answers matters as a receipt alone. */
static bool ends_packet(const struct talk *t, const struct scene *s, size_t at)
{
    struct bytes c = s->script.command[at];
    bool asks = t->state->phase == TALK_PROBING || !s->step->changes_card;
    if (!is_compact(t) || !has_le(c))
        return false;
    return c.at[1] == INS_STORE_DATA || (asks && c.at[1] != INS_INSTALL) ||
           (s->step->event && at + 1 == s->script.n);
}

/* The compact form has no Le behind data: the answer waits for GET RESPONSE [TS 102 226 5.1]. */
static bool leaves_answer(const struct talk *t, const struct scene *s, size_t at)
{
    return ends_packet(t, s, at) && s->script.command[at].len > APDU_HEADER + 1;
}

struct remote_script packet_script(const struct talk *t, const struct scene *s, size_t from, size_t n,
                                   struct bytes room[static PACKET_COMMANDS_MAX])
{
    static const uint8_t get_response[] = {CLA_ISO, INS_GET_RESPONSE, 0, 0, 0};
    struct remote_script script = {
        .format = is_compact(t) ? REMOTE_COMPACT : REMOTE_DEFINITE, .commands = room, .count = n};
    memcpy(room, &s->script.command[from], n * sizeof *room);
    if (n && leaves_answer(t, s, from + n - 1))
        room[script.count++] = BYTES(get_response);
    return script;
}

size_t packet_commands(const struct talk *t, const struct scene *s, size_t from, size_t *script_len)
{
    const struct se_profile *p = t->facts->profile;
    size_t max = scp80_data_max((size_t)p->segments, (enum concat_order)p->concat, (uint8_t)p->spi1,
                                (uint8_t)p->kic_alg, (uint8_t)p->cc_len);
    struct bytes room[PACKET_COMMANDS_MAX];
    bool full = false;
    size_t best = 0;
    for (size_t n = 1; !full && n <= TALK_PAYLOAD_MAX && from + n <= s->script.n; n++) {
        struct remote_script script = packet_script(t, s, from, n, room);
        size_t len = remote_len(&script);
        if (len == 0 || len > max)
            break;
        *script_len = len;
        best = n;
        full = ends_packet(t, s, from + n - 1);
    }
    return best;
}

/* A script goes on behind these; another status word is its last [TS 102 226 5.1.2]. */
static bool goes_on(uint16_t sw)
{
    return sw_is_success(sw) || sw >> 8 == SW1_MORE;
}

/* How a compact answer ends where GET RESPONSE stood behind the last command: it was not come to, unless that
 * command failed. What it could not fetch is no answer where data are the point, else none was left. */
static void take_fetched(const struct talk *t, const struct scene *s, size_t count,
                         struct remote_answer *last, struct replies *out)
{
    size_t sent = t->state->sent;
    bool came = count > sent, asks = t->state->phase == TALK_PROBING || !s->step->changes_card;
    if (came && last->sw != SW_OK && (!asks || s->step->once))
        *last = (struct remote_answer){SW_OK, BYTES_NONE};
    if (came || count < sent || !goes_on(last->sw))
        out->answer[out->n++] = (struct step_answer){last->data, last->sw};
}

/* The compact form counts, and tells of the last command executed. */
static void read_compact(const struct talk *t, const struct scene *s, struct remote_answers *walk,
                         struct replies *out)
{
    size_t sent = t->state->sent, end = (size_t)t->state->position + sent;
    struct remote_answer last;
    if (walk->count == 0 || remote_answers_next(walk, &last) != TSM_OK)
        return;
    for (size_t i = 0; i + 1 < walk->count && out->n + 1 < sent; i++)
        out->answer[out->n++] = (struct step_answer){BYTES_NONE, SW_OK};
    if (sent && end <= s->script.n && leaves_answer(t, s, end - 1))
        take_fetched(t, s, walk->count, &last, out);
    else
        out->answer[out->n++] = (struct step_answer){last.data, last.sw};
}

enum tsm_err packet_answers(struct talk *t, const struct scene *s, struct bytes data, struct replies *out)
{
    struct remote_answers walk;
    struct remote_answer a;
    enum tsm_err e;
    TRY(remote_answers_open(data, is_compact(t) ? REMOTE_COMPACT : REMOTE_DEFINITE, &walk));
    if (is_compact(t)) {
        read_compact(t, s, &walk, out);
        return TSM_OK;
    }
    while ((e = remote_answers_next(&walk, &a)) == TSM_OK && out->n < t->state->sent)
        out->answer[out->n++] = (struct step_answer){a.data, a.sw};
    if (walk.bad_format)
        failure_set(&t->failure, OWNER_SEM, "compare the script format of the profile with the card",
                    "the card does not read the script (bad format %u)", walk.bad_format);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}
