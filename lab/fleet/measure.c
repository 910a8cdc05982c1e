/* SPDX-License-Identifier: Apache-2.0 */
/* What a fleet costs: every card is taken out, spoken to and put back (no station); edge (clock). */
#include "fleet/measure.h"

#include <stdio.h>
#include <time.h>

enum { NS = 1000000000, ANSWER_MIN = 2 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / NS;
}

/* INITIALIZE UPDATE moves a counter that the card has to remember. */
static bool speak(struct drawer *d, uint32_t place)
{
    static const uint8_t command[] = {0x80, 0x50, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0};
    static uint8_t answer[CARD_MAX_RAPDU];
    struct live *l = drawer_take(d, place);
    size_t n = l ? card_transmit(l->card, command, sizeof command, answer) : 0;
    if (n < ANSWER_MIN || answer[n - 2] != 0x90)
        return false;
    card_reset(l->card);
    return true;
}

static bool round_of_all(struct drawer *d, const char *name)
{
    double begin = seconds();
    for (uint32_t i = 0; i < d->plan->cards; i++) {
        if (!speak(d, i))
            return false;
        if (d->count.on_table >= DRAWER_MAX_EARLY)
            drawer_rest(d, 0);
    }
    drawer_rest(d, 0);
    double took = seconds() - begin;
    printf("{\"name\":\"%s\",\"cards\":%u,\"bytes_per_idle_card\":%.1f,\"cards_per_s\":%.0f}\n", name,
           d->plan->cards, (double)d->count.bytes / d->plan->cards, d->plan->cards / took);
    fflush(stdout);
    return d->count.on_table == 0;
}

bool fleet_measure(struct drawer *d)
{
    printf("{\"name\":\"untouched\",\"cards\":%u,\"bytes_per_idle_card\":%.1f}\n", d->plan->cards,
           (double)d->count.bytes / d->plan->cards);
    return round_of_all(d, "first contact") && round_of_all(d, "second contact");
}
