/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of commands by P1.b8: INSTALL, DELETE and PUT KEY longer than one APDU (station 10, the card's
 * side); pure; GPCS 2.3.1 11.1.5.1. */
#include "card/channel/chain.h"

#include "card/command/command.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 2048 /* "implementation dependent" */

struct chain {
    struct capdu first;
    size_t len;
    uint8_t data[CHAIN_MAX];
};

void chain_drop(struct channel *ch)
{
    if (ch->chain == NULL)
        return;
    lab_wipe(ch->chain, sizeof *ch->chain);
    free(ch->chain);
    ch->chain = NULL;
}

static bool may_be_chained(const struct capdu *cmd)
{
    return (cmd->cla & CLA_GP) != 0 &&
           (cmd->ins == INS_INSTALL || cmd->ins == INS_DELETE || cmd->ins == INS_PUT_KEY);
}

/* The same header but for Lc and the chaining bit. */
static bool goes_on(const struct chain *chain, const struct capdu *cmd)
{
    const struct capdu *first = &chain->first;

    return cmd->cla == first->cla && cmd->ins == first->ins && cmd->p2 == first->p2 &&
           ((cmd->p1 ^ first->p1) & ~P1_MORE_COMMANDS) == 0;
}

static uint16_t append(struct job *j)
{
    struct chain *chain = j->ch->chain;

    if (chain == NULL) {
        chain = j->ch->chain = calloc(1, sizeof *chain);
        if (chain == NULL)
            return SW_NO_MEMORY;
        chain->first = j->cmd;
    }
    if (j->cmd.lc > CHAIN_MAX - chain->len)
        return SW_WRONG_P1P2;
    if (j->cmd.lc > 0)
        memcpy(chain->data + chain->len, j->cmd.data, j->cmd.lc);
    chain->len += j->cmd.lc;
    return SW_OK;
}

bool chain_gather(struct job *j, uint16_t *sw)
{
    bool more = may_be_chained(&j->cmd) && (j->cmd.p1 & P1_MORE_COMMANDS) != 0;

    *sw = SW_OK;
    if (more && j->card->quirks.no_chaining)
        *sw = SW_WRONG_P1P2;
    else if (j->ch->chain != NULL && !goes_on(j->ch->chain, &j->cmd))
        *sw = SW_CONDITIONS_NOT_SATISFIED;
    else if (more || j->ch->chain != NULL)
        *sw = append(j);
    if (*sw != SW_OK)
        chain_drop(j->ch);
    if (*sw != SW_OK || more)
        return true;
    if (j->ch->chain != NULL) {
        j->cmd.data = j->ch->chain->data;
        j->cmd.lc = j->ch->chain->len;
    }
    return false;
}
