/* SPDX-License-Identifier: Apache-2.0 */
/* One SMPP session that is the handset of every subscriber in a range of numbers: a hundred thousand of them
 * need no hundred thousand connections. Edge (station 9). [SMPP 3.4 4.1.1, address_range] */
#include "smsc/smsc.h"

#include <search.h>
#include <string.h>

bool fleet_is_range(const char *address_range)
{
    return address_range[strspn(address_range, "0123456789")] != '\0';
}

struct audience {
    struct session *fleet;
};

/* What waited for these subscribers goes out now. */
static void pump_covered(const void *node, VISIT visit, void *closure)
{
    struct endpoint *e = *(struct endpoint *const *)node;
    const struct audience *a = closure;
    if ((visit != postorder && visit != leaf) || !e->handset || !e->waiting.head)
        return;
    if (endpoint_covers(a->fleet->endpoint->range, e->name))
        endpoint_pump(e);
}

void fleet_attach(struct session *s)
{
    struct audience a = {.fleet = s};
    s->next_fleet = s->smsc->fleets;
    s->smsc->fleets = s;
    twalk_r(s->smsc->endpoints, pump_covered, &a);
}

void fleet_detach(struct session *s)
{
    for (struct session **at = &s->smsc->fleets; *at; at = &(*at)->next_fleet)
        if (*at == s) {
            *at = s->next_fleet;
            break;
        }
    for (struct endpoint *e = s->starving_head; e; e = e->next_starving)
        e->starving = false;
    s->starving_head = s->starving_tail = NULL;
}

static void remember(struct session *s, struct endpoint *e)
{
    if (e->starving)
        return;
    e->starving = true;
    e->next_starving = NULL;
    if (s->starving_tail)
        s->starving_tail->next_starving = e;
    else
        s->starving_head = e;
    s->starving_tail = e;
}

struct session *fleet_choose(struct endpoint *e)
{
    struct session *s = e->smsc->fleets;
    while (s && !endpoint_covers(s->endpoint->range, e->name))
        s = s->next_fleet;
    if (!s || e->in_fleet_air)
        return NULL;
    if (s->flying.count < SMSC_FLEET_WINDOW)
        return s;
    remember(s, e);
    return NULL;
}

void fleet_landed(struct session *s, struct endpoint *e)
{
    struct endpoint *next = s->starving_head;
    e->in_fleet_air = false;
    if (!s->fleet || !next)
        return;
    s->starving_head = next->next_starving;
    if (!s->starving_head)
        s->starving_tail = NULL;
    next->starving = false;
    endpoint_pump(next);
}
