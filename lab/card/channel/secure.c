/* SPDX-License-Identifier: Apache-2.0 */
/* The guard around every command of a security domain: level check, unwrapping, response protection (station
 * 7, the card's side); pure; GPCS 2.3.1 E.1.6, Amd D 5.6. */
#include "card/channel/secure.h"

#include "card/channel/scp02.h"
#include "card/channel/scp03.h"

#include <stdlib.h>

void secure_end(struct session *s)
{
    lab_wipe(s, sizeof *s);
}

bool secure_authenticated(const struct channel *ch)
{
    return ch->session.phase == SESSION_OPEN && ch->session.authentication != AUTHENTICATED_NONE;
}

/* SCP11 protects its messages as SCP03 does (Amd F 5.3.2). */
static bool messages_as_scp03(const struct session *s)
{
    return s->scp == SCP03 || s->scp == SCP11;
}

/* An aborted session is not terminated: it goes on refusing commands until a new one starts (GPCS 10.2.3). */
static void abort_session(struct session *s)
{
    secure_end(s);
    s->phase = SESSION_ABORTED;
}

void secure_drop_plain(struct card *c)
{
    if (c->plain != NULL)
        lab_wipe(c->plain, c->plain_len);
    free(c->plain);
    c->plain = NULL;
    c->plain_len = 0;
}

static bool make_room(struct card *c, size_t n)
{
    secure_drop_plain(c);
    c->plain = malloc(n + 1);
    c->plain_len = c->plain == NULL ? 0 : n + 1;
    return c->plain != NULL;
}

uint16_t secure_unwrap(struct job *j)
{
    struct session *s = &j->ch->session;
    bool ok = true;

    if (s->phase == SESSION_ABORTED)
        return SW_SECURITY_NOT_SATISFIED;
    if (s->phase != SESSION_OPEN)
        return SW_OK;
    if (!make_room(j->card, j->cmd.lc))
        ok = false;
    else if (messages_as_scp03(s))
        ok = scp03_unwrap(s, &j->cmd, j->card->plain);
    else if (s->scp == SCP02)
        ok = scp02_unwrap(s, &j->cmd, j->card->plain);
    if (ok)
        return SW_OK;
    abort_session(s);
    return SW_SECURITY_NOT_SATISFIED;
}

bool secure_protect(struct job *j, uint16_t sw)
{
    struct session *s = &j->ch->session;

    if (s->phase != SESSION_OPEN)
        return true;
    if (messages_as_scp03(s))
        return scp03_protect(s, j->reply, sw);
    return s->scp != SCP02 || scp02_protect(s, &j->cmd, j->reply, sw);
}

size_t secure_room(const struct session *s)
{
    size_t room = APDU_SHORT_MAX_LE;

    if (s->phase != SESSION_OPEN || (s->level & LEVEL_R_MAC) == 0)
        return room;
    room -= s->mac_len;
    if (s->level & LEVEL_R_ENC)
        room = room / AES_BLOCK * AES_BLOCK - 1;
    return room;
}
