/* SPDX-License-Identifier: Apache-2.0 */
/* One command on its way: into the plan, or protected, carried and opened; interrupts between two of them.
 * App. [GPCS 11.1.5, App. E; AmdD 6.2] */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/card/card.h"
#include "app/tsm.h"
#include "gp/apdu/ins.h"
#include "gp/command/describe.h"
#include "gp/delegated/chain.h"

static volatile sig_atomic_t interrupted,
    changing; /* changing: a command that changes the card is on its way */

static void tell(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

/* The first signal lets the card answer the command that it has. Whoever sends a second does not want to
 * wait: readers give up late or never. */
static void note_signal(int number)
{
    if (interrupted) {
        tell(changing ? "tsm: left; it is not known whether the card has executed the last command\n"
                      : "tsm: left\n");
        _exit(TSM_EXIT_FAILED);
    }
    tell("tsm: interrupted; waiting for the card's answer, once more leaves at once\n");
    interrupted = number;
}

void card_watch_signals(void)
{
    struct sigaction noted = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&noted.sa_mask);
    sigaction(SIGINT, &noted, NULL);
    sigaction(SIGTERM, &noted, NULL);
}

static enum tsm_err carry(struct card *c, struct bytes capdu, struct bytes *answer)
{
    struct writer joined = WRITER(c->answer);
    c->left = true;
    TRY(pcsc_exchange(c->reader, capdu, &joined));
    *answer = written(&joined);
    return TSM_OK;
}

/* A command that is too long for one goes in pieces, cut behind the protection [GPCS 11.1.5.1]; the answer is
 * the last one's, or the first that ends the chain. */
static enum tsm_err carry_long(struct card *c, struct bytes capdu, struct bytes *answer)
{
    struct command_chain chain;
    TRY(command_chain_make(capdu, APDU_SHORT_DATA_MAX, &chain));
    for (size_t n = 0; n < chain.blocks; n++) {
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        struct rapdu piece;
        TRY(command_chain_block(&chain, n, &w));
        TRY(carry(c, written(&w), answer));
        TRY(rapdu_read(*answer, &piece));
        if (!sw_is_success(piece.sw))
            return TSM_OK;
    }
    return TSM_OK;
}

static bool is_chained(const struct apdu *a)
{
    return a->data.len > APDU_SHORT_DATA_MAX &&
           (a->ins == INS_INSTALL || a->ins == INS_DELETE || a->ins == INS_PUT_KEY);
}

static enum tsm_err carry_any(struct card *c, struct bytes capdu, struct bytes *answer)
{
    struct apdu a;
    TRY(apdu_read(capdu, &a));
    return is_chained(&a) ? carry_long(c, capdu, answer) : carry(c, capdu, answer);
}

static enum tsm_err exchange_protected(struct card *c, const struct apdu *plain, struct rapdu *out)
{
    struct writer capdu = WRITER(c->protected_), opened = WRITER(c->opened);
    struct channel_expect expect;
    struct bytes answer;
    uint16_t sw;
    TRY(ring_wrap(&c->ring, &c->keys, &c->channel, plain, &capdu, &expect));
    TRY(carry_any(c, written(&capdu), &answer));
    TRY(ring_unwrap(&c->ring, &c->keys, &c->channel, &expect, answer, &opened, &sw));
    *out = (struct rapdu){written(&opened), sw};
    return TSM_OK;
}

static enum tsm_err exchange(struct card *c, struct bytes plain, struct rapdu *out)
{
    struct apdu a;
    struct bytes answer;
    TRY(apdu_read(plain, &a));
    if (c->open)
        return exchange_protected(c, &a, out);
    TRY(carry_any(c, plain, &answer));
    return rapdu_read(answer, out);
}

/* What the status word means, and what to do, is decided where orders decide it. */
static enum tsm_err judge(struct card *c, const struct card_request *q, uint16_t sw)
{
    struct plan_step step = {.name = c->verb->name, .also_fine = q->also_fine};
    struct failure f;
    char text[GP_DESCRIBE_MAX];
    gp_describe(q->plain, text, sizeof text);
    if (q->any || (q->also_fine && sw == q->also_fine) || outcome_of_sw(&step, sw, text, &f) == OUTCOME_GO_ON)
        return TSM_OK;
    snprintf(c->next, sizeof c->next, "%s", f.next_action);
    return FAIL(CARD_REFUSED, "%s", f.reason);
}

enum tsm_err card_send(struct card *c, const struct card_request *q, struct rapdu *out)
{
    struct rapdu answer = {BYTES_NONE, SW_OK};
    bool sends = !c->args->dry_run || (q->look && c->reader && !c->ready);
    enum tsm_err e;
    if (c->args->dry_run)
        card_plan_add(c, q->plain, sends);
    if (sends) {
        if (interrupted)
            return FAIL(INTERRUPTED, "signal %d came; the next command was not sent", (int)interrupted);
        changing = q->changes;
        c->left = false;
        e = exchange(c, q->plain, &answer);
        changing = 0;
        if (e != TSM_OK && q->changes && c->left)
            gp_describe(q->plain, c->unsure, sizeof c->unsure);
        TRY(e);
        card_trace(c, q->plain, &answer);
        TRY(judge(c, q, answer.sw));
    }
    *out = answer;
    return TSM_OK;
}

enum tsm_err card_do(struct card *c, struct bytes plain)
{
    struct rapdu answer;
    return card_send(c, &(struct card_request){.plain = plain, .changes = true}, &answer);
}

size_t card_block_max(const struct card *c)
{
    const struct channel *ch = &c->channel.state;
    size_t max = channel_block_max(ch), field = c->sight.max_data ? c->sight.max_data : APDU_SHORT_DATA_MAX;
    size_t block = ch->protocol == SCP02 ? 8 : 16;
    if (field < APDU_SHORT_DATA_MAX && field > 2 * block) { /* 9F65 counts MAC and padding, too */
        size_t room = field - (ch->level & LEVEL_C_MAC ? ch->challenge_len : 0u);
        room = ch->level & LEVEL_C_DECRYPTION ? room / block * block - 1 : room;
        max = room < max ? room : max;
    }
    if (c->profile && (size_t)c->profile->command_max < max)
        max = (size_t)c->profile->command_max;
    return c->args->block.given && c->args->block.value && c->args->block.value < max ? c->args->block.value
                                                                                      : max;
}
